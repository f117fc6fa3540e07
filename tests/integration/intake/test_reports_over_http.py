"""Reports over HTTP on real servers: taken in, taken in already, refused."""

import io
import json
from typing import Any

import httpx
from PIL import Image

from libs.casework.vocabulary import Service
from services.intake.app import INTAKE
from tests.support.street_office import StreetOffice

REPORT = {"text": "东方罗马城小区外的围挡破了", "place": {"lon": 113.297086, "lat": 40.082726}}
A_KEY = "0193f5d0-6b7e-7c1a-9d1e-5b8a4f2c7e10"


async def post(
    client: httpx.AsyncClient, body: Any = REPORT, key: str = A_KEY, **headers: str
) -> httpx.Response:
    return await client.post("/v1/reports", json=body, headers={"Idempotency-Key": key, **headers})


def a_photo() -> bytes:
    written = io.BytesIO()
    exif = Image.Exif()
    exif[0x010F] = "Phone of Wang"
    Image.new("RGB", (800, 600), (200, 30, 30)).save(written, "JPEG", exif=exif.tobytes())
    return written.getvalue()


async def test_a_report_is_taken_in_once_and_a_retry_gets_the_same_answer(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        first = await post(client)
        again = await post(client)
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json() == again.json()
    answer = first.json()
    assert answer["number"].startswith("YB-")
    assert (answer["stage"], answer["seq"]) == ("reported", 1)


async def test_the_same_key_for_another_report_is_refused(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        await post(client)
        reused = await post(client, REPORT | {"text": "别的事"})
    assert (reused.status_code, reused.json()["type"]) == (422, "urn:banjie:problem:key-reused")
    assert "anonymous" not in reused.text


async def test_without_an_account_a_key_that_others_could_come_up_with_is_refused(
    office: StreetOffice,
) -> None:
    async with office.http(INTAKE) as client:
        guessable = await post(client, key="tour-1")
        same_from_staff = await post(client, key="tour-1", **office.token("clerk"))
    assert (guessable.status_code, same_from_staff.status_code) == (400, 201)
    assert "16 to 128" in guessable.json()["detail"]


async def test_two_people_may_use_the_same_key(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        one = await post(client, **office.token("clerk", id="clerk-1"))
        other = await post(client, **office.token("clerk", id="clerk-2"))
    assert (one.status_code, other.status_code) == (201, 201)
    assert one.json()["case_id"] != other.json()["case_id"]


async def test_words_point_and_contact_are_sealed_and_nothing_personal_is_in_the_log(
    office: StreetOffice,
) -> None:
    contact = {"name": "王小明", "phone": "13912345678", "consent": True}
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        await post(client, REPORT | {"contact": contact, "address": "7号楼2单元"})
        (case,) = (await ports.store.find(_everything())).cases
        contents = await ports.vault.read({case.id: case.contents})
        stored = [doc async for doc in ports.database["case_content"].find()]
        logged = [sealed.body async for sealed in _log(ports, case.id)]
    assert sorted(ref.kind for ref in case.contents) == ["address", "contact", "origin", "point", "text"]
    assert "王小明" in "".join(data.decode() for data in contents.values() if data)
    assert not any("王小明".encode() in doc["sealed"] for doc in stored)
    assert not any(
        word.encode() in body for body in logged for word in ("王", "13912345678", "7号楼", "113.29", "围挡")
    )


async def test_photos_are_rewritten_encrypted_and_named_by_the_event(office: StreetOffice) -> None:
    files: list[Any] = [("report", (None, json.dumps(REPORT), "application/json"))]
    files += [("photo", (f"{n}.jpg", a_photo(), "image/jpeg")) for n in range(3)]
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        headers = {"Idempotency-Key": A_KEY}
        first = await client.post("/v1/reports", files=files, headers=headers)
        again = await client.post("/v1/reports", files=files, headers=headers)
        (case,) = (await ports.store.find(_everything())).cases
        photos = [ref for ref in case.contents if ref.kind == "photo"]
        data = await ports.photos.read(case.id, photos[0].id)
        kept = await ports.database["photos.files"].count_documents({})
    assert (first.status_code, again.status_code, len(photos), kept) == (
        201,
        200,
        3,
        6,
    )  # each with its thumbnail
    assert data is not None
    assert data.startswith(b"\xff\xd8")
    assert b"Wang" not in data


UPLOADS: list[tuple[Any, int]] = [
    ([("report", (None, json.dumps(REPORT))), ("photo", ("x.jpg", b"no picture", "image/jpeg"))], 422),
    (
        [
            ("report", (None, json.dumps(REPORT))),
            ("photo", ("x.jpg", bytes(8 * 2**20 + 1), "image/jpeg")),
        ],
        413,
    ),
    (
        [("report", (None, json.dumps(REPORT)))] + [("photo", (f"{n}", b"x", "image/png")) for n in range(4)],
        400,
    ),
    ([("photo", ("x.jpg", a_photo(), "image/jpeg"))], 422),
    ([("report", (None, "{")), ("photo", ("x.jpg", a_photo(), "image/jpeg"))], 400),
    ([("report", (None, json.dumps(REPORT))), ("virus", ("x.exe", b"MZ", "application/x"))], 422),
]


async def test_hostile_uploads_are_refused_and_nothing_is_kept(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client, office.ports(Service.INTAKE) as ports:
        for files, status in UPLOADS:
            answer = await client.post("/v1/reports", files=files, headers={"Idempotency-Key": A_KEY})
            assert answer.status_code == status
            assert answer.headers["content-type"] == "application/problem+json"
        assert await ports.database["photos.files"].count_documents({}) == 0
        assert await ports.database["cases"].count_documents({}) == 0


HOSTILE = [
    (b"{", 400),
    (b"", 400),
    (b"[" * 50_000, 400),
    (b'{"text":"\\u0000"}', 422),
    (b'{"text":"\\ud800"}', 400),
    (b'{"text":"ok","\\ud800":1}', 400),
    (b'{"text":"\xff"}', 400),
    (b'{"text":7}', 422),
    (b'{"text":"ok","place":{"lon":NaN,"lat":1}}', 422),
    (b'{"text":"' + b"x" * 70_000 + b'"}', 413),
    (b'{"text":"' + b"x" * 40_000_000 + b'"}', 413),
    ('{"text":"👨‍👩‍👧 שלום \u202eabc"}'.encode(), 201),
]


async def test_hostile_bodies_get_an_answer_and_no_error(office: StreetOffice) -> None:
    headers = {"Content-Type": "application/json"}
    async with office.http(INTAKE) as client:
        for number, (body, status) in enumerate(HOSTILE):
            key = {"Idempotency-Key": f"{A_KEY}-{number}"}
            answer = await client.post("/v1/reports", content=body, headers=headers | key)
            assert answer.status_code == status, (body[:80], answer.text)


async def test_a_report_without_a_key_or_in_another_form_is_refused(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        without = await client.post("/v1/reports", json=REPORT)
        form = await client.post("/v1/reports", data={"text": "x"}, headers={"Idempotency-Key": A_KEY})
        plain = await client.post("/v1/reports", content=b"x", headers={"Idempotency-Key": A_KEY})
    assert [each.status_code for each in (without, form, plain)] == [400, 415, 415]


async def test_a_refusal_names_field_and_what_is_allowed(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        refused = await post(client, REPORT | {"office": "nowhere"})
    problem = refused.json()
    assert (refused.status_code, problem["field"]) == (422, "office")
    assert "yingbin" in problem["allowed"]


async def test_a_report_is_followed_with_its_receipt_code(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        answer = (await post(client)).json()
        spoken = answer["receipt"].lower().replace("-", " ")
        seen = await client.get("/v1/track", headers={"Receipt-Code": spoken})
        posted = await client.post("/v1/track", json={"code": answer["receipt"]})
    assert seen.status_code == 200
    assert seen.json() == posted.json()
    assert (seen.json()["number"], seen.json()["stage"], seen.json()["stage_zh"]) == (
        answer["number"],
        "reported",
        "已受理",
    )
    assert len(seen.json()["stages"]) == 1


async def test_a_code_that_is_mistyped_or_unknown_is_told_apart(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        code = (await post(client)).json()["receipt"]
        wrong = code[:-1] + ("0" if code[-1] != "0" else "1")
        mistyped = await client.get("/v1/track", headers={"Receipt-Code": wrong})
        unknown = await client.get("/v1/track", headers={"Receipt-Code": "0000-0000-0000-0"})
        nothing = await client.get("/v1/track")
    assert [each.status_code for each in (mistyped, unknown, nothing)] == [422, 404, 422]
    assert "mistyped" in mistyped.json()["detail"]


async def test_whoever_tries_codes_is_slowed_down(office: StreetOffice) -> None:
    async with office.http(INTAKE) as client:
        answers = [await client.get("/v1/track", headers={"Receipt-Code": "x"}) for _ in range(25)]
    assert answers[-1].status_code == 429
    assert answers[-1].headers["retry-after"]


def _everything() -> Any:
    from libs.casestore.reading import CaseQuery

    return CaseQuery()


async def _log(ports: Any, case_id: Any) -> Any:
    for sealed in await ports.store.log(case_id):
        yield sealed
