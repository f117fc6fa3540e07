"""Personal data over HTTP on real servers: for listed roles and purposes, with a line in the log, until it is erased."""

import io
from typing import Any
from uuid import UUID

import httpx
from PIL import Image
from uuid_utils.compat import uuid7

from libs.casework.case import Case
from libs.casework.events.dispatch import Resolved
from libs.casework.events.oversight import ContentErased, ContentViewed
from libs.casework.vocabulary import Service, Stage
from services.records.app import RECORDS
from tests.support.planted import GRID, WORDS, Garden
from tests.support.street_office import StreetOffice


async def look(client: httpx.AsyncClient, case: Case, who: dict[str, str], **body: Any) -> httpx.Response:
    return await client.post(f"/v1/cases/{case.id}/content", json={"purpose": "check"} | body, headers=who)


def a_picture() -> bytes:
    written = io.BytesIO()
    Image.new("RGB", (60, 40), (200, 10, 10)).save(written, "PNG")
    return written.getvalue()


async def test_every_look_is_in_the_log_before_the_answer(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.FILED)
        first = await look(client, case, office.token("clerk"))
        second = await look(client, case, office.token("clerk"), purpose="contact", kinds=["contact"])
        log, now = await ports.store.log(case.id), await garden.now(case.id)
    shown = first.json()
    assert [piece["text"] for piece in shown["texts"]] == [WORDS]
    assert (shown["point"]["lat"], shown["contact"]["phone"]) == (40.0827, "13900000000")
    assert (second.json()["texts"], second.json()["point"]) == ([], None)
    assert first.headers["cache-control"] == "no-store, private"
    looks = [sealed.entry.data for sealed in log[-2:]]
    assert looks == [
        ContentViewed(kinds=("text", "contact", "point"), purpose="check"),
        ContentViewed(kinds=("contact",), purpose="contact"),
    ]
    assert (log[-1].entry.seq, log[-1].entry.actor.id) == (second.json()["seq"], "clerk-1")
    assert now.rev == case.rev


LOOKERS: list[tuple[str, dict[str, Any], int]] = [
    ("clerk", {}, 200),
    ("supervisor", {}, 200),
    ("checker", {"unit": "enforce"}, 200),
    ("grid_worker", {"grids": (GRID,)}, 200),
    ("grid_worker", {"grids": ("140213053901001",)}, 403),
    ("unit_worker", {"unit": "pmc"}, 200),
    ("unit_worker", {"unit": "community"}, 403),
    ("auditor", {}, 403),
    ("administrator", {}, 403),
    ("resident", {}, 403),
    ("system", {"unit": "pmc"}, 403),
    ("clerk", {"office": "shuibosi"}, 404),
]


async def test_listed_roles_see_it_and_others_do_not(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.DISPATCHED)
        for role, more, status in LOOKERS:
            answer = await look(client, case, office.token(role, **more))
            assert (role, more, answer.status_code) == (role, more, status)
            assert (WORDS in answer.text) == (status == 200)
        seen = (await garden.now(case.id)).seq - case.seq
    assert seen == [status for _, _, status in LOOKERS].count(200)


async def test_a_look_needs_a_listed_purpose(office: StreetOffice) -> None:
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        case = await Garden(ports).a_case_at(Stage.FILED)
        answer = await look(client, case, office.token("clerk"), purpose="curiosity")
    assert (answer.status_code, answer.json()["field"]) == (422, "purpose")
    assert "follow_up" in answer.json()["allowed"]


async def test_what_was_noted_along_the_way_is_shown_after_the_report_in_the_order_in_which_it_came(
    office: StreetOffice,
) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING)
        notes = [await garden.note(case.id, f"第{number}次查看") for number in range(12)]
        photo = await ports.photos.put((await ports.vault.keys([case.id]))[case.id], uuid7(), a_picture())
        await garden.say(case.id, Resolved(evidence=(photo,), words=notes[0]))
        shown = (await look(client, case, clerk)).json()
        only_notes = (await look(client, case, clerk, kinds=["note"])).json()
        page = (await client.get(f"/v1/cases/{case.id}", headers=clerk)).json()
    words = [f"第{number}次查看" for number in range(12)]
    assert [piece["text"] for piece in shown["texts"]] == [WORDS, *words]
    assert [piece["text"] for piece in only_notes["texts"]] == words
    assert shown["photos"] == only_notes["photos"] == [str(photo.id)]
    assert [kept["kind"] for kept in page["contents"]] == [
        "text",
        "contact",
        "point",
        *["note"] * 12,
        "photo",
    ]
    assert [kept["id"] for kept in page["contents"]][3:] == [str(ref.id) for ref in (*notes, photo)]


async def test_a_photo_is_uploaded_named_by_an_event_and_looked_at(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING)
        address = f"/v1/cases/{case.id}/photos"
        stored = await client.post(address, content=a_picture(), headers=clerk | {"Idempotency-Key": "p"})
        photo = stored.json()["photo_id"]
        unnamed = await client.get(f"{address}/{photo}?purpose=check", headers=clerk)
        refs = await ports.photos.refs({UUID(photo): case.id})
        await garden.say(case.id, Resolved(evidence=(refs[UUID(photo)],)))
        seen = await client.get(f"{address}/{photo}?purpose=check", headers=clerk)
        purposeless = await client.get(f"{address}/{photo}", headers=clerk)
        last = await garden.last(case.id)
    assert [each.status_code for each in (stored, unnamed, seen, purposeless)] == [201, 404, 200, 422]
    assert seen.headers["content-type"] == "image/jpeg"
    assert Image.open(io.BytesIO(seen.content)).size == (60, 40)
    assert last == ContentViewed(kinds=("photo",), purpose="check")


async def test_erased_content_is_gone_for_everybody_and_the_log_stays(office: StreetOffice) -> None:
    administrator = office.token("administrator")
    async with office.ports(Service.RECORDS) as ports, office.http(RECORDS) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.CLOSED)
        address, key = f"/v1/cases/{case.id}/content", {"Idempotency-Key": "e"}
        asked = {"basis": "resident_request"}
        clerk = await client.delete(address, params=asked, headers=office.token("clerk") | key)
        groundless = await client.delete(address, params={"basis": "mood"}, headers=administrator | key)
        done = await client.delete(address, params=asked, headers=administrator | key)
        again = await client.delete(address, params=asked, headers=administrator | key)
        other = await client.delete(address, params=asked, headers=administrator | {"Idempotency-Key": "f"})
        look_now = await look(client, case, office.token("clerk"))
        keys = await ports.vault.keys([case.id])
        log, now = await ports.store.log(case.id), await garden.now(case.id)
    answers = (clerk, groundless, done, again, other, look_now)
    assert [each.status_code for each in answers] == [403, 422, 200, 200, 410, 410]
    assert again.json() == done.json() | {"already": True}
    assert (keys, now.erased) == ({}, True)
    assert log[-1].entry.data == ContentErased(basis="resident_request")
    assert len(log) == case.seq + 1
