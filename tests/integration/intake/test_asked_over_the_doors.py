"""What a report is asked beside its words, over HTTP and at the Kafka door; thumbnails; the expected time; leftovers."""

import io
import json
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

import httpx
from PIL import Image
from uuid_utils.compat import uuid7

from libs.casestore.reading import CaseQuery
from libs.casework.topics import REJECTED, Door, door
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.leases import Leases
from services.intake.app import INTAKE
from services.intake.bodies import REPORT_SUBMITTED
from services.intake.leftovers import PhotoSweep
from services.triage.app import build as build_triage
from tests.integration.intake.test_reports_at_the_door import bring
from tests.support.street_office import StreetOffice, message

FORMULA: dict[str, Any] = {
    "text": "孩子没有奶粉了",
    "category": "infant_supplies",
    "fields": {"age_months": 8, "needed": "formula"},
    "location": {"compound": "桐城金城", "building": "7栋", "unit": "2单元"},
}
DAY_US = 24 * 3600 * 1_000_000


async def post(client: httpx.AsyncClient, body: Any, **headers: str) -> httpx.Response:
    return await client.post("/v1/reports", json=body, headers={"Idempotency-Key": str(uuid4()), **headers})


async def test_fields_and_address_are_kept_where_they_belong(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        answer = await post(client, FORMULA)
        (case,) = (await ports.store.find(CaseQuery())).cases
        found = await ports.vault.read({case.id: case.contents})
        (logged,) = await ports.store.log(case.id)
    words = {ref.kind: (found[ref.id] or b"").decode() for ref in case.contents}
    assert answer.status_code == 201
    assert (case.fields, case.grid) == ({"needed": "formula"}, "140213053901001")
    assert json.loads(words["fields"]) == {"age_months": 8}
    assert words["address"] == "迎宾街道和泰社区桐城金城小区7号楼2单元"
    assert not any(word in logged.body for word in (b"age_months", "7号楼".encode(), "奶粉".encode()))


async def test_what_is_missing_or_unclear_is_named_at_both_doors(office: StreetOffice) -> None:
    without = {name: value for name, value in FORMULA.items() if name != "fields"}
    unclear = FORMULA | {"location": {"compound": "金城"}}
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        refused = [(await post(client, body)).json() for body in (without, unclear)]
        name = await office.publisher(ports, "hotline")
        values = [
            message(body, REPORT_SUBMITTED, f"m{n}") for n, body in enumerate((without, unclear, FORMULA))
        ]
        await bring(ports, name, *values)
        cases = (await ports.store.find(CaseQuery())).cases
    rejected = await office.heard(door(Door.REPORTS, name) + REJECTED)
    for told in (refused, rejected):
        assert [each["field"] for each in told] == ["fields.age_months", "location.compound"]
        assert told[0]["allowed"] == ["a number from 0 to 36"]
        assert "桐城金城小区" in told[1]["allowed"][0]
    assert [case.fields for case in cases] == [{"needed": "formula"}]


async def test_a_grid_workers_own_report_is_filed_at_once_and_a_callers_is_looked_at_first(
    office: StreetOffice,
) -> None:
    body = {"text": "临时围挡破了", "category": "hoarding", "location": {"compound": "东方罗马城"}}
    async with office.http(INTAKE) as client, office.ports(Service.TRIAGE) as ports:
        own = (await post(client, body, **office.token("grid_worker"))).json()
        caller = {"on_behalf": True, "contact": {"phone": "13900000000", "consent": True}}
        called = (await post(client, body | caller, **office.token("clerk"))).json()
        room = await build_triage(ports)
        cases = (await ports.store.find(CaseQuery())).cases
        await room.reactor.act_on(cases)
        stages = {str(case.id): case.stage for case in (await ports.store.find(CaseQuery())).cases}
    assert (stages[own["case_id"]], stages[called["case_id"]]) == ("filed", "confirming")


async def test_tracking_tells_by_when_and_nothing_personal(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        answer = (await post(client, FORMULA | {"contact": {"phone": "13900000000", "consent": True}})).json()
        seen = await client.get("/v1/track", headers={"Receipt-Code": answer["receipt"]})
    told = seen.json()
    assert "expected" not in told or datetime.fromisoformat(told["expected"]) > datetime.now(UTC)
    assert set(told) - {"expected"} == {"number", "stage", "stage_zh", "stages"}
    assert not any(word in seen.text for word in ("139", "奶粉", "桐城", "infant"))


def a_photo() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (1600, 1200), (200, 30, 30)).save(written, "JPEG")
    return written.getvalue()


async def test_a_photo_has_a_thumbnail_under_the_same_key(office: StreetOffice) -> None:
    files: list[Any] = [("report", (None, json.dumps({"text": "和泰社区垃圾"}), "application/json"))]
    files += [("photo", ("1.jpg", a_photo(), "image/jpeg"))]
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        await client.post("/v1/reports", files=files, headers={"Idempotency-Key": str(uuid4())})
        (case,) = (await ports.store.find(CaseQuery())).cases
        (photo,) = (ref for ref in case.contents if ref.kind == "photo")
        small = await ports.photos.read(case.id, photo.id, small=True)
        whole = await ports.photos.read(case.id, photo.id)
        await ports.vault.erase(case.id, now_us())
        erased = await ports.photos.read(case.id, photo.id, small=True)
    assert small is not None
    assert whole is not None
    assert [Image.open(io.BytesIO(data)).size for data in (small, whole)] == [(320, 240), (1600, 1200)]
    assert erased is None


async def test_what_belongs_to_no_case_is_swept_once_it_is_a_day_old(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        await ports.photos.put(ports.vault.new_key(uuid7()), uuid7(), b"orphan", b"small")
        leases = Leases(ports.database)
        today = PhotoSweep(ports.photos, leases, now_us)
        tomorrow = PhotoSweep(ports.photos, leases, lambda: now_us() + DAY_US + 1_000_000)
        assert [await today.once(), await tomorrow.once(), await tomorrow.once()] == [0, 2, 0]


async def test_the_sweep_looks_by_itself_and_ends_cleanly(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports:
        sweep = PhotoSweep(ports.photos, Leases(ports.database), now_us)
        sweep.start()
        await sweep.stop()
        assert sweep.ready()
