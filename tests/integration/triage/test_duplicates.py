"""Duplicates on real servers: found by place and time, shown to the clerk with reasons, merged by rule, kept apart by office."""

from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from pymongo.read_concern import ReadConcern

from libs.casework.case import Case
from libs.casework.events.triage import DuplicatesSuggested, Merged
from libs.casework.vocabulary import Service, Source, Stage
from libs.plumbing.clock import now_us
from services.intake.rules import Reporter
from services.records.app import RECORDS
from services.triage.app import TRIAGE
from services.triage.neighbours import Neighbours, Spot
from tests.integration.triage.test_triage import Opened
from tests.support.cases import an_actor, new_id
from tests.support.street_office import MASTER_KEY, StreetOffice

HERE = {"lon": 113.297086, "lat": 40.082726}
TEN_METRES_ON = {"lon": 113.297086, "lat": 40.082816}
ELSEWHERE = {"lon": 113.297086, "lat": 40.086}
HEAP = {"text": "小区门口垃圾成堆没人清运", "place": HERE}
OTHER_WORDS = {"text": "门口的垃圾臭死了", "place": TEN_METRES_ON}
MINUTE = 60_000_000


async def said(opened: Opened, case: Case) -> list[Any]:
    return [sealed.entry.data for sealed in await opened.ports.store.log(case.id)]


async def test_the_same_heap_is_merged_by_rule_and_the_log_says_why(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        opened = Opened(ports)
        first = await opened.triaged(HEAP)
        second = await opened.triaged(HEAP | {"place": TEN_METRES_ON})
        third = await opened.triaged(HEAP)
        elsewhere = await opened.triaged(HEAP | {"place": ELSEWHERE})
        original = await opened.now(first.id)
        merged = (await said(opened, second))[-1]
    assert (second.stage, second.merged_into, third.merged_into) == (Stage.MERGED, first.id, first.id)
    assert (original.stage, original.followers, elsewhere.stage) == (Stage.CONFIRMING, 2, Stage.CONFIRMING)
    assert isinstance(merged, Merged)
    assert {"near", "by_points", "of_residents", "nobody_in_danger"} <= set(merged.because)
    assert (merged.data_version or "").startswith("duplicates 2026-")


async def test_what_may_be_the_same_is_shown_with_its_reasons(office: StreetOffice) -> None:
    worker = office.token("grid_worker", grids=("140213053902001",))
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        first = await opened.triaged(HEAP)
        second = await opened.triaged(OTHER_WORDS)
        rows = (await client.get("/v1/confirmations", headers=worker)).json()["cases"]
        log = (await said(opened, second))[1]
    assert isinstance(log, DuplicatesSuggested)
    (likely,) = next(row for row in rows if row["number"] == second.number)["duplicates"]
    assert (likely["number"], likely["stage"], likely["metres"]) == (first.number, "confirming", 10)
    assert likely["apart_minutes"] == 0
    assert likely["words"]
    assert likely["zh"].startswith("相距 10 米,相隔 0 分钟,都提到:")
    assert "10 m apart" in likely["en"]
    assert next(row for row in rows if row["number"] == first.number)["duplicates"] == []


async def test_the_clerks_queue_shows_them_too_and_another_offices_clerk_sees_none(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        first = await opened.triaged(HEAP)
        # Beside private words a clerk judges: it waits in the queue.
        queued = await opened.triaged({"text": "门口垃圾成堆，家里老人瘫痪在床出不去", "place": HERE})
        rows = (await client.get("/v1/queue", headers=office.token("clerk"))).json()["cases"]
        gone = (await client.get("/v1/queue", headers=office.token("clerk", office="shuibosi"))).json()
    assert queued.stage is Stage.REPORTED, queued
    (row,) = [row for row in rows if row["number"] == queued.number]
    assert [likely["number"] for likely in row["duplicates"]] in ([first.number], [])
    assert gone["cases"] == []


async def test_two_of_the_same_in_one_batch_are_shown_to_people(office: StreetOffice) -> None:
    from services.triage.app import build

    async with office.ports(Service.TRIAGE) as ports:
        opened = Opened(ports)
        ids = [await opened.report(HEAP) for _ in range(3)]
        await (await build(ports)).reactor.look_at(ids)
        cases = [await opened.now(each) for each in ids]
        found = await ports.store.latest(ids, DuplicatesSuggested.name())
    assert [case.stage for case in cases] == [Stage.CONFIRMING] * 3
    assert {len(found[each].entry.data.of) for each in ids[1:]} == {1, 2}  # type: ignore[attr-defined]
    assert ids[0] not in found


async def test_the_original_that_was_closed_takes_nothing_in(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        first = await opened.triaged(HEAP)
        headers = {"Idempotency-Key": "k", **office.token("clerk")}
        await client.post(f"/v1/cases/{first.id}/confirm", json={"found": False}, headers=headers)
        again = await opened.triaged(HEAP)
    assert (again.stage, again.merged_into) == (Stage.CONFIRMING, None)


def a_spot(office: str = "yingbin", class_id: str = "E01", minutes: int = 0, north: float = 0) -> Spot:
    # Rows of the past are swept by the database: these are of today.
    return Spot(new_id(), office, class_id, (113.297086, 40.082726 + north), now_us() + minutes * MINUTE)


async def test_rows_are_found_near_and_before_and_in_the_own_office_and_class_only(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        rows = Neighbours(ports.database, MASTER_KEY, 24)
        near, other_office, other_class = a_spot(), a_spot("shuibosi"), a_spot(class_id="E02")
        far, later, old = a_spot(north=0.01), a_spot(minutes=20), a_spot(minutes=-24 * 60 - 5)
        kept = [near, other_office, other_class, far, later, old]
        await rows.keep(kept)
        await rows.keep(kept)
        asking = a_spot(minutes=10)
        found = await rows.near({asking: 100})
        collection = ports.database.get_collection("triage_places", read_concern=ReadConcern("local"))
        stored = await collection.find().to_list()
    assert found == {asking.case_id: [near.case_id]}
    assert len(stored) == len(kept)
    assert all(set(row) == {"_id", "cell", "at", "expires"} for row in stored)
    assert all(row["expires"] > datetime.now(UTC) for row in stored[:5])


async def test_a_row_says_nothing_without_the_key(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        spot = a_spot()
        await Neighbours(ports.database, MASTER_KEY, 24).keep([spot])
        asking = a_spot(minutes=10)
        other_key = await Neighbours(ports.database, bytes(32), 24).near({asking: 100})
    assert other_key == {asking.case_id: []}


async def test_a_case_of_anybody_is_looked_at_once(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        rows = Neighbours(ports.database, MASTER_KEY, 24)
        assert await rows.near({}) == {}
        await rows.keep([])
        spots = [a_spot() for _ in range(30)]
        await rows.keep(spots)
        asking = a_spot(minutes=1)
        found: dict[UUID, list[UUID]] = await rows.near({asking: 50})
    assert len(found[asking.case_id]) == 8


async def test_the_case_and_its_story_tell_of_it_in_both_languages(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.TRIAGE) as ports, office.http(RECORDS) as client:
        opened = Opened(ports)
        first = await opened.triaged(HEAP)
        second, third = await opened.triaged(OTHER_WORDS), await opened.triaged(HEAP)
        case = (await client.get(f"/v1/cases/{second.id}", headers=clerk)).json()
        original = (await client.get(f"/v1/cases/{first.id}", headers=clerk)).json()
        merged = (await client.get(f"/v1/cases/{third.id}", headers=clerk)).json()
        story = (await client.get(f"/v1/cases/{third.id}/log", headers=clerk)).json()["entries"]
    assert [(each["number"], each["metres"]) for each in case["duplicates"]] == [(first.number, 10)]
    assert (original["followers"], original["linked"], merged["merged_into"]) == (1, [], str(first.id))
    assert [entry["name"] for entry in story][1:] == [
        {"zh": "疑似重复", "en": "duplicates suggested"},
        {"zh": "分类定位", "en": "classified"},
        {"zh": "并案", "en": "merged"},
    ]


async def test_what_went_to_another_office_is_not_shown_beside(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with (
        office.ports(Service.TRIAGE) as ports,
        office.http(RECORDS) as client,
        office.http(TRIAGE) as desk,
    ):
        opened = Opened(ports)
        first, second = await opened.triaged(HEAP), await opened.triaged(OTHER_WORDS)
        body = {"category": "exposed_garbage", "grid": "140213066901001"}
        headers = {"Idempotency-Key": "k", **clerk}
        moved = await desk.post(f"/v1/cases/{first.id}/reclassify", json=body, headers=headers)
        case = (await client.get(f"/v1/cases/{second.id}", headers=clerk)).json()
    assert (moved.status_code, case["duplicates"]) == (200, [])


async def test_a_resident_reports_what_a_grid_worker_has_reported_before(office: StreetOffice) -> None:
    saw = Reporter(an_actor(), Source.GRID_WORKER, "http", "yingbin", saw=True, may_see=True)
    async with office.ports(Service.TRIAGE) as ports:
        opened = Opened(ports)
        first = await opened.triaged(HEAP, saw)
        second = await opened.triaged(HEAP)
        suggested = (await said(opened, second))[1]
    assert (first.stage, second.stage) == (Stage.FILED, Stage.CONFIRMING)
    assert [likeness.other for likeness in suggested.of] == [first.id]
