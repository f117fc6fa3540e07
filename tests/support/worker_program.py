"""A worker whose handler does what each record's value says: for tests that kill, hang and starve it.

Run as `python -m tests.support.worker_program TOPIC…`; settings through the environment. Values: `ok`, `refuse`,
`raise`, `slow` (two seconds), `hang` (waits without end), `block` (stops the event loop). What was handled stands in `handled`.
"""

import asyncio
import signal
import sys
import time
from collections.abc import Sequence

from pymongo import UpdateOne

from libs.plumbing.attempts import Attempts, Runs
from libs.plumbing.kafka import Publisher
from libs.plumbing.logs import set_up_logs
from libs.plumbing.mongo import mongo_client
from libs.plumbing.records import Record, Route
from libs.plumbing.rejections import Rejections
from libs.plumbing.settings import settings_or_exit
from libs.plumbing.worker import Worker


async def main(topics: tuple[str, ...]) -> None:
    settings = settings_or_exit()
    set_up_logs(settings.service)
    database = mongo_client(settings)[settings.mongo_database]
    rejections = Rejections(settings.service, Publisher(settings))

    async def handle(batch: Sequence[Record]) -> None:
        for record in batch:
            match record.value:
                case b"raise":
                    raise KeyError("the words of a person")
                case b"slow":
                    await asyncio.sleep(2)
                case b"hang":
                    await asyncio.sleep(3600)
                case b"block":
                    time.sleep(3600)  # noqa: ASYNC251
                case b"refuse":
                    await rejections.reject(
                        record, "bad_words", "not understood", field="text", allowed=["ok"]
                    )
        await database["handled"].bulk_write([_handled(record) for record in batch], ordered=False)

    async def on_parked(record: Record, reason: str) -> None:
        await database["parked"].insert_one({"place": record.place, "reason": reason})

    worker = Worker(
        settings.service,
        settings,
        [Route(topics, handle)],
        rejections=rejections,
        attempts=Attempts(database, settings.service),
        runs=Runs(database, f"{settings.service}@{settings.instance}"),
        on_parked=on_parked,
    )
    stopped = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stopped.set)
    await worker.start()
    await stopped.wait()
    await worker.stop()


def _handled(record: Record) -> UpdateOne:
    change = {"$inc": {"times": 1}, "$set": {"value": record.value.decode(), "at": time.time()}}
    return UpdateOne({"_id": record.place}, change, upsert=True)


if __name__ == "__main__":
    asyncio.run(main(tuple(sys.argv[1:])))
