"""Triage on real servers: what it decides by itself, what people decide, who sees what."""

import json
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.casework.case import Case
from libs.casework.topics import voice
from libs.casework.vocabulary import Service, Source, Stage
from libs.casework.wire import outward_bytes
from libs.plumbing.clock import now_us
from libs.plumbing.records import Record
from libs.stages.ports import Ports
from libs.stages.receipts import Receipts
from services.intake.app import guide
from services.intake.bodies import Report
from services.intake.handlers import Intake, Wish, asked_for
from services.intake.reporters import person
from services.intake.rules import Opening, Reporter
from services.triage.app import TRIAGE, build
from tests.support.cases import an_actor
from tests.support.street_office import MASTER_KEY, StreetOffice

IN_YINGBIN = {"lon": 113.297086, "lat": 40.082726}
GRID = "140213053902001"
IN_SHUIBOSI = {"lon": 113.36324, "lat": 40.06244}
OUTSIDE = {"lon": 113.5, "lat": 40.3}
HOARDING = {"text": "临时围挡倒了一截,露出里头的坑", "place": IN_YINGBIN}
SUPPLIES = {"text": "孩子不到一岁,家里没有奶粉和尿不湿了", "address": "桐城金城小区7号楼2单元"}
ELSEWHERE = {"text": "临时围挡破了,小区东边", "place": OUTSIDE}
VAGUE = {"text": "你们来看看吧", "place": IN_YINGBIN}
HOSTILE = (
    b"",
    b"{",
    b"[]",
    b"[" * 50_000,
    b'{"reason":"\\ud800"}',
    b'{"\\ud800":1}',
    b'{"reason":1}',
    b'{"reason":"x","y":1}',
)
RESIDENT = person(None)


class Opened:
    """Opens cases the way intake does, and lets triage look at them."""

    def __init__(self, ports: Ports) -> None:
        from libs.casestore.numbers import CaseNumbers
        from libs.casestore.schema import BLOCKS
        from services.intake.blocklist import Blocklist
        from services.intake.marks import Fingerprints

        numbers = CaseNumbers(ports.database, "Asia/Shanghai", now_us)
        self.ports = ports
        blocklist = Blocklist(ports.database[BLOCKS], Fingerprints(MASTER_KEY), now_us)
        self._intake = Intake(ports, numbers, guide(), Receipts(MASTER_KEY), blocklist)
        self._made = 0

    async def report(self, body: dict[str, Any], reporter: Reporter = RESIDENT) -> UUID:
        self._made += 1
        report = Report.model_validate(body)
        opening = self._intake.take_in(report, reporter)
        assert isinstance(opening, Opening)
        (done,) = await self._intake.open([Wish(opening, f"test:{self._made}", asked_for(report))])
        return done.case_id  # type: ignore[union-attr]

    async def triaged(self, body: dict[str, Any], reporter: Reporter = RESIDENT) -> Case:
        case_id = await self.report(body, reporter)
        room = await build(self.ports)
        await room.reactor.look_at([case_id])
        return await self.now(case_id)

    async def now(self, case_id: UUID) -> Case:
        return (await self.ports.store.load([case_id]))[case_id]


async def post(
    client: httpx.AsyncClient, case: Case, command: str, body: Any, key: str = "k", **headers: str
) -> httpx.Response:
    address = f"/v1/cases/{case.id}/{command}"
    return await client.post(address, json=body, headers={"Idempotency-Key": key, **headers})


@pytest.fixture
def clerk(office: StreetOffice) -> dict[str, str]:
    return office.token("clerk")


async def test_a_residents_report_waits_to_be_seen_on_the_spot(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case = await Opened(ports).triaged(HOARDING)
    assert (case.stage, case.category, case.grid, case.public) == (Stage.CONFIRMING, "hoarding", GRID, True)


async def test_a_private_need_is_filed_at_once_and_not_public(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        case = await Opened(ports).triaged(SUPPLIES)
    assert (case.stage, case.public, case.grid) == (Stage.FILED, False, "140213053901001")
    assert case.awaits.machine is Service.DISPATCH


async def test_a_grid_workers_own_report_is_filed_at_once(office: StreetOffice) -> None:
    seen = Reporter(an_actor(), Source.GRID_WORKER, "http", "yingbin", saw=True, may_see=True)
    async with office.ports(Service.TRIAGE) as ports:
        case = await Opened(ports).triaged(HOARDING, seen)
    assert case.stage is Stage.FILED


async def test_the_news_twice_or_late_changes_nothing(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        opened = Opened(ports)
        case_id = await opened.report(HOARDING)
        (first,) = await ports.store.log(case_id)
        value = outward_bytes(first.entry)
        news = [Record(voice(Service.INTAKE), 0, n, None, value) for n in range(3)]
        (route,) = (await build(ports)).routes
        await route.handler(news)
        once = await opened.now(case_id)
        await route.handler(news)
        assert await opened.now(case_id) == once
    assert once.stage is Stage.CONFIRMING


async def test_news_that_cannot_be_read_is_refused_with_its_reason(office: StreetOffice) -> None:
    await office.topics("banjie.triage.rejected")
    before = len(await office.heard("banjie.triage.rejected"))
    bad = [b"", b"{", b"\x00\xff", b"[" * 100_000, b'{"subject":"x","sequence":"1"}', b'{"subject":7}', b"7"]
    async with office.ports(Service.TRIAGE) as ports:
        (route,) = (await build(ports)).routes
        await route.handler([Record("banjie.intake", 0, n, None, value) for n, value in enumerate(bad)])
        await ports.rejections.settle()
    refused = (await office.heard("banjie.triage.rejected"))[before:]
    assert [each["code"] for each in refused] == ["invalid"] * len(bad)


async def test_erased_words_go_to_a_clerk(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports:
        opened = Opened(ports)
        case_id = await opened.report(HOARDING)
        await ports.vault.erase(case_id, now_us())
        await (await build(ports)).reactor.look_at([case_id])
        case = await opened.now(case_id)
        log = await ports.store.log(case_id)
    assert (case.stage, case.awaits.person) == (Stage.REPORTED, "clerk")
    assert "words_erased" in log[-1].entry.data.because


async def test_what_nobody_can_place_is_in_the_clerks_queue(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        cases = [await opened.triaged(body) for body in (VAGUE, ELSEWHERE, HOARDING)]
        first = (await client.get("/v1/queue?limit=1", headers=clerk)).json()
        second = (await client.get(f"/v1/queue?after={first['after']}", headers=clerk)).json()
        other = await client.get("/v1/queue", headers=office.token("clerk", office="shuibosi"))
    assert [first["cases"][0]["number"], second["cases"][0]["number"]] == [each.number for each in cases[:2]]
    assert (second["after"], other.json()["cases"]) == (None, [])
    assert "out_of_area" in second["cases"][0]["because"]
    assert second["cases"][0]["suggestions"][0]["category"] == "hoarding"
    assert "小区东边" not in json.dumps(second, ensure_ascii=False)


async def test_the_queue_shows_the_gravest_first_and_pages_through_all(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    said = ("你们来看看吧", "你们快来看看吧", "救命", "塔吊要倒了", "你们过来一下")
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        cases = [(await opened.triaged(VAGUE | {"text": text})).number for text in said]
        shown, after = [], ""
        while after is not None:
            page = (await client.get(f"/v1/queue?limit=2{after}", headers=clerk)).json()
            shown += page["cases"]
            after = page["after"] and f"&after={page['after']}"
        broken = await client.get("/v1/queue?after=emergency.x", headers=clerk)
    assert [each["number"] for each in shown] == [cases[n] for n in (2, 3, 1, 0, 4)]
    assert [each["urgency"] for each in shown] == ["emergency", "emergency", "urgent", "normal", "normal"]
    assert broken.status_code == 422


async def test_what_nobody_can_place_waits_at_the_office_of_its_place(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    there = office.token("clerk", office="shuibosi")
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        case = await opened.triaged(VAGUE | {"place": IN_SHUIBOSI})
        here = (await client.get("/v1/queue", headers=clerk)).json()["cases"]
        (row,) = (await client.get("/v1/queue", headers=there)).json()["cases"]
        stranger = await post(client, case, "file", {"category": "hoarding"}, **clerk)
        done = await post(client, case, "file", {"category": "hoarding"}, **there)
        filed = await opened.now(case.id)
    assert (here, row["number"], stranger.status_code, done.status_code) == ([], case.number, 404, 200)
    assert row["grid"] is not None
    assert (filed.office, filed.grid, filed.community) == ("shuibosi", row["grid"], row["community"])


async def test_a_grid_worker_sees_and_confirms_the_own_grid_only(office: StreetOffice) -> None:
    worker = office.token("grid_worker", grids=(GRID,))
    neighbour = office.token("grid_worker", id="grid-2", grids=("140213053901001",))
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        case = await opened.triaged(HOARDING)
        seen = (await client.get("/v1/confirmations", headers=worker)).json()["cases"]
        unseen = (await client.get("/v1/confirmations", headers=neighbour)).json()["cases"]
        refused = await post(client, case, "confirm", {"found": True}, **neighbour)
        done = await post(client, case, "confirm", {"found": True, "words": "确实破了"}, **worker)
        again = await post(client, case, "confirm", {"found": True, "words": "确实破了"}, **worker)
        later = await post(client, case, "confirm", {"found": False}, "other", **worker)
        filed = await opened.now(case.id)
    assert ([each["number"] for each in seen], unseen) == ([case.number], [])
    assert (refused.status_code, done.status_code, again.status_code) == (403, 200, 200)
    assert (done.json()["already"], again.json()["already"]) == (False, True)
    assert done.json() | {"already": True} == again.json()
    assert (later.status_code, later.json()["type"]) == (409, "urn:banjie:problem:not-this-stage")
    assert (later.json()["stage"], later.json()["attempted"]) == ("filed", "confirmed.v1")
    assert filed.stage is Stage.FILED


async def test_evidence_is_uploaded_before_it_is_shown(office: StreetOffice) -> None:
    import io

    from PIL import Image

    written = io.BytesIO()
    Image.new("RGB", (40, 30), (1, 2, 3)).save(written, "PNG")
    worker = office.token("grid_worker", grids=(GRID,))
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        case = await Opened(ports).triaged(HOARDING)
        address = f"/v1/cases/{case.id}/photos"
        key = {"Idempotency-Key": "p1", **worker}
        first = await client.post(address, content=written.getvalue(), headers=key)
        again = await client.post(address, content=written.getvalue(), headers=key)
        bad = await client.post(address, content=b"MZ", headers=key | {"Idempotency-Key": "p2"})
        strange = await post(
            client, case, "confirm", {"found": True, "evidence": [str(case.id)]}, "c0", **worker
        )
        evidence = [first.json()["photo_id"]]
        shown = await post(client, case, "confirm", {"found": True, "evidence": evidence}, "c1", **worker)
    assert (first.status_code, again.status_code, bad.status_code) == (201, 200, 422)
    assert again.json() == first.json() | {"already": True}
    assert (strange.status_code, strange.json()["field"], shown.status_code) == (422, "evidence", 200)


async def test_what_was_not_found_is_rejected(office: StreetOffice, clerk: dict[str, str]) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        case = await opened.triaged(HOARDING)
        await post(client, case, "confirm", {"found": False}, **clerk)
        assert (await opened.now(case.id)).stage is Stage.REJECTED


@pytest.mark.parametrize(
    ("command", "body", "stage"),
    [
        ("file", {"category": "hoarding", "public": True}, Stage.FILED),
        ("reject", {"reason": "too_vague", "words": "说不清"}, Stage.REJECTED),
        ("reclassify", {"category": "exposed_garbage"}, Stage.REPORTED),
    ],
)
async def test_a_clerks_command_is_done_then_already_done_then_refused(
    office: StreetOffice, clerk: dict[str, str], command: str, body: Any, stage: Stage
) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        case = await opened.triaged(VAGUE)
        rev = {"If-Match": f'"{case.rev}"'}
        done = await post(client, case, command, body, **clerk, **rev)
        again = await post(client, case, command, body, **clerk, **rev)
        reused = await post(client, case, "reject", {"reason": "not_found"}, **clerk)
        stale = await post(client, case, command, body, "new", **clerk, **rev)
        moved = await opened.now(case.id)
    assert [each.status_code for each in (done, again, reused, stale)] == [200, 200, 422, 409]
    # What cannot happen at the stage that it has come to is refused as that; reclassifying still can.
    why = "stale" if command == "reclassify" else "not-this-stage"
    assert stale.json()["type"] == f"urn:banjie:problem:{why}"
    assert moved.stage is stage
    assert done.headers["etag"] == f'"{moved.rev}"'


async def test_nobody_acts_on_a_case_of_another_office_or_out_of_role(office: StreetOffice) -> None:
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        case = await Opened(ports).triaged(VAGUE)
        body = {"reason": "not_found"}
        stranger = await post(client, case, "reject", body, **office.token("clerk", office="shuibosi"))
        worker = await post(client, case, "reject", body, **office.token("unit_worker", unit="pmc"))
        nobody = await post(client, case, "reject", body)
        keyless = await client.post(f"/v1/cases/{case.id}/reject", json=body, headers=office.token("clerk"))
    assert [each.status_code for each in (stranger, worker, nobody, keyless)] == [404, 403, 401, 400]
    assert worker.json()["allowed"] == ["clerk", "supervisor"]


async def test_hostile_commands_get_an_answer_and_change_nothing(
    office: StreetOffice, clerk: dict[str, str]
) -> None:
    headers = {"Idempotency-Key": "k", "Content-Type": "application/json", **clerk}
    async with office.ports(Service.TRIAGE) as ports, office.http(TRIAGE) as client:
        opened = Opened(ports)
        case = await opened.triaged(VAGUE)
        address = f"/v1/cases/{case.id}/reject"
        answers = [await client.post(address, content=body, headers=headers) for body in HOSTILE]
        assert await opened.now(case.id) == case
    assert {answer.status_code for answer in answers} == {400, 422}
    assert {answer.headers["content-type"] for answer in answers} == {"application/problem+json"}


async def test_the_commands_are_in_the_openapi_document(office: StreetOffice) -> None:
    async with office.http(TRIAGE) as client:
        paths = (await client.get("/openapi.json")).json()["paths"]
    assert {"/v1/queue", "/v1/confirmations", "/v1/cases/{case_id}/file"} <= set(paths)
