"""The follower that keeps the search index: beside a worker it finds its work, and reads nothing twice."""

import asyncio

from libs.casestore.searching import SEARCH
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from services.records import indexing as module
from services.records.app import indexing
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice


async def test_beside_the_worker_it_indexes_what_lies_behind(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports:
        case = await Garden(ports).a_case_at(Stage.FILED)
        beside = indexing(ports)
        beside._clock = lambda: now_us() + module.BEHIND_US
        beside.start()
        try:
            async with asyncio.timeout(20):
                while await ports.database[SEARCH].find_one({"_id": case.id}) is None:  # noqa: ASYNC110 - a database
                    await asyncio.sleep(0.05)
        finally:
            await beside.stop()
    assert beside.ready() == "keeps the search index"


async def test_a_case_that_has_not_changed_is_not_read_again(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports:
        case = await Garden(ports).a_case_at(Stage.FILED)
        indexer = indexing(ports)._indexer
        assert await indexer.once(now_us())
        await ports.database[SEARCH].update_one({"_id": case.id}, {"$set": {"t": [1]}})
        await ports.database["tail_places"].delete_many({})
        await indexer.once(now_us())
        row = await ports.database[SEARCH].find_one({"_id": case.id})
    assert row is not None
    assert (row["seq"], row["t"]) == (case.seq, [1])
