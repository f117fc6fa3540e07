"""A whole service in one process, as `banjie run` starts one: a door, a worker that notes what it got.

Run as `python -m tests.support.service_program ROLE TOPIC`; settings through the environment.
"""

import sys
from collections.abc import Sequence

from fastapi import APIRouter, Request

from libs.plumbing.attempts import Attempts, Runs
from libs.plumbing.kafka import Publisher
from libs.plumbing.mongo import mongo_client
from libs.plumbing.records import Record, Route
from libs.plumbing.rejections import Rejections
from libs.plumbing.runner import Role, Service, run
from libs.plumbing.settings import Settings, settings_or_exit
from libs.plumbing.web import service_app
from libs.plumbing.worker import Worker

router = APIRouter()


@router.get("/count")
async def count(request: Request) -> int:
    """How many records the worker noted."""
    return int(await request.app.state.ports["handled"].count_documents({}))


@router.get("/caller")
async def caller(request: Request) -> str:
    """The address that asks, as the limits count it."""
    return request.client.host if request.client else ""


def compose(settings: Settings) -> Service:
    """Put the service together."""
    database = mongo_client(settings)[settings.mongo_database]

    async def handle(batch: Sequence[Record]) -> None:
        await database["handled"].insert_many([{"value": record.value} for record in batch])

    worker = Worker(
        settings.service,
        settings,
        [Route((sys.argv[2],), handle)],
        rejections=Rejections(settings.service, Publisher(settings)),
        attempts=Attempts(database, settings.service),
        runs=Runs(database, f"{settings.service}@{settings.instance}"),
    )
    app = service_app(settings.service, [router], settings=settings, ports=database)
    return Service(settings.service, app, {"worker": worker})


if __name__ == "__main__":
    role: Role = "all" if sys.argv[1] == "all" else "worker" if sys.argv[1] == "worker" else "api"
    sys.exit(run(compose, settings_or_exit(), role))
