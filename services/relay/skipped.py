"""Entries that this version cannot read: noted, told, and passed by, so that the other cases' news go on."""

from collections.abc import Iterable
from uuid import UUID

from aiokafka.errors import KafkaError
from pymongo.asynchronous.database import AsyncDatabase

from libs.casework.news import News, Unreadable, news_of
from libs.plumbing.clock import now_us
from libs.plumbing.kafka import Publisher
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document
from libs.plumbing.records import Record
from libs.plumbing.rejections import Rejections
from services.relay import state
from services.relay.broker import REJECTED
from services.relay.scan import Stored
from services.relay.stream import LOG

SKIPPED = "relay_skipped"
CODE = "unreadable"
log = logger(__name__)


class Skipped:
    """`relay_skipped`: {_id: entry id, case_id, seq, type, reason, at (µs UTC, when it was passed by)}."""

    def __init__(self, database: AsyncDatabase[Document], publisher: Publisher) -> None:
        self._log, self._skipped = database[LOG], database[SKIPPED]
        self._publisher = publisher
        self._rejections = Rejections(state.SERVICE, publisher, lambda topic, service: REJECTED)

    async def readable(self, entries: Iterable[Stored]) -> list[News]:
        """The news of those that can be read; the others are put aside."""
        news = []
        for entry in entries:
            try:
                news.append(news_of(entry.body))
            except Unreadable as reason:
                await self.aside(entry.id, entry.body, str(reason))
        return news

    async def aside(self, entry_id: UUID, body: bytes, reason: str) -> None:
        """Note the entry, and tell whoever listens to `banjie.relay.rejected`."""
        envelope = {"case_id": 1, "seq": 1, "type": 1}
        found = await self._log.find_one({"_id": entry_id}, envelope) or {}
        case_id, seq = str(found.get("case_id")), int(found.get("seq", 0))
        log.error("entry_unreadable", entry=str(entry_id), case=case_id, seq=seq, reason=reason)
        note = {**found, "reason": reason, "at": now_us()}
        await self._skipped.update_one({"_id": entry_id}, {"$set": note}, upsert=True)
        await self._tell(Record(f"{LOG}/{case_id}", 0, seq, case_id.encode(), body), reason)
        state.skipped.inc()

    async def _tell(self, record: Record, reason: str) -> None:
        try:
            await self._rejections.reject(record, CODE, reason)
            await self._rejections.settle()
        except KafkaError:
            # After a broker was emptied an old producer is refused for ever: the next try gets a new one.
            await self._publisher.stop()
            raise

    async def cases(self) -> list[UUID]:
        """Cases of which something was passed by."""
        found: list[UUID] = await self._skipped.distinct("case_id")
        return found

    async def forget(self, case_id: UUID) -> None:
        """Everything of this case could be read after all."""
        await self._skipped.delete_many({"case_id": case_id})
