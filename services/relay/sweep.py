"""Tries again what was passed by: after an update the unknown type may be known, after a repair the damage gone."""

import asyncio
from uuid import UUID

from pymongo.asynchronous.database import AsyncDatabase

from libs.casework.news import Unreadable, news_of
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document
from services.relay.publish import NewsPublisher
from services.relay.scan import of_case
from services.relay.skipped import Skipped

EVERY_S = 600.0
log = logger(__name__)


class Sweep:
    """Publishes whole cases again, in order; readers skip what they have."""

    def __init__(self, database: AsyncDatabase[Document], publisher: NewsPublisher, skipped: Skipped) -> None:
        self._database, self._publisher, self._skipped = database, publisher, skipped

    async def run(self) -> None:
        """At once and every ten minutes, for as long as the relay is active."""
        while True:
            for case_id in await self._skipped.cases():
                await self.republish(case_id)
            await asyncio.sleep(EVERY_S)

    async def republish(self, case_id: UUID) -> bool:
        """Publish the case again if all of it can be read now; false when not."""
        try:
            news = [news_of(entry.body) for entry in await of_case(self._database, case_id)]
        except Unreadable:
            return False
        await self._publisher.publish(news)
        await self._skipped.forget(case_id)
        log.info("case_republished", case=str(case_id), entries=len(news))
        return True
