"""A process that appends as fast as it can until it is killed. What it needs comes as one line of JSON on stdin."""

import asyncio
import json
import sys
from typing import Any
from uuid import UUID

from pymongo import AsyncMongoClient

from libs.casestore.store import CaseStore
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from tests.support.stores import saying


async def main(asked: dict[str, Any]) -> None:
    client: AsyncMongoClient[dict[str, Any]] = AsyncMongoClient(
        asked["uri"], uuidRepresentation="standard", **asked["options"]
    )
    store = CaseStore(client[asked["database"]], clock=now_us)
    await store.start()
    cases = [UUID(each) for each in asked["cases"]]
    for turn in range(1_000_000):
        await store.append_many(
            [saying(Service.SLA, case, example("deadline_warned"), key=f"{turn}{case}") for case in cases]
        )
        sys.stdout.write(f"{turn}\n")
        sys.stdout.flush()


if __name__ == "__main__":
    asyncio.run(main(json.loads(sys.stdin.readline())))
