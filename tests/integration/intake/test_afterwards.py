"""What happens to a report later, over HTTP: taken back, added to, followed where it was merged or split."""

from typing import Any

import httpx
import pytest

from libs.casework.case import Case
from libs.casework.samples import example
from libs.casework.vocabulary import Role, Service, Stage, Tie
from libs.plumbing.limits import RateLimits
from libs.stages import residents
from services.intake import holders
from services.intake.app import INTAKE
from tests.integration.intake.test_reports_over_http import a_photo
from tests.support.planted import Garden, post, receipt_of, statuses
from tests.support.street_office import StreetOffice


@pytest.fixture(autouse=True)
def a_fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted for each process; every test is a visitor of its own."""
    monkeypatch.setattr(residents, "tries", RateLimits("600/minute", "60/minute"))


async def ask(
    client: httpx.AsyncClient, path: str, case: Case, key: str = "k", **body: Any
) -> httpx.Response:
    told = {"receipt": receipt_of(case.id), **body}
    return await client.post(f"/v1/{path}", json=told, headers={"Idempotency-Key": key})


async def track(client: httpx.AsyncClient, case: Case) -> Any:
    return (await client.get("/v1/track", headers={"Receipt-Code": receipt_of(case.id)})).json()


async def test_the_reporter_takes_a_report_back_before_work_begins(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case, late = await garden.a_case_at(Stage.FILED), await garden.a_case_at(Stage.WORKING)
        done = await ask(client, "withdrawals", case, words="已经有人处理了")
        again = await ask(client, "withdrawals", case, words="已经有人处理了")
        reused = await ask(client, "withdrawals", case, words="别的")
        twice = await ask(client, "withdrawals", case, "other")
        refused = await ask(client, "withdrawals", late)
        now, log, told = await garden.now(case.id), await ports.store.log(case.id), await track(client, case)
    assert statuses((done, again, reused, twice, refused)) == [200, 200, 422, 409, 409]
    assert again.json() == done.json() | {"already": True}
    assert (refused.json()["stage"], refused.json()["attempted"]) == ("working", "withdrawn.v1")
    assert (now.stage, now.awaits.person, now.awaits.machine) == (Stage.WITHDRAWN, None, None)
    assert log[-1].entry.actor.role is Role.RESIDENT
    assert "有人处理" not in log[-1].body.decode()
    assert told["remarks"][0]["zh"].startswith("已按上报人的要求撤回")


async def test_the_office_takes_a_report_back_on_the_reporters_word(office: StreetOffice) -> None:
    clerk, stranger = office.token("clerk"), office.token("clerk", office="shuibosi")
    unit = office.token("unit_worker", unit="pmc")
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.CONFIRMING)
        others = [await post(client, case, "withdraw", who, "x") for who in (stranger, unit)]
        done = await post(client, case, "withdraw", clerk, words="来电要求撤回")
        again = await post(client, case, "withdraw", clerk, words="来电要求撤回")
        log = await ports.store.log(case.id)
    assert statuses((*others, done, again)) == [404, 403, 200, 200]
    assert log[-1].entry.actor.role is Role.CLERK


async def test_what_others_follow_goes_on(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(
            Stage.FILED, example("linked").model_copy(update={"how": Tie.DUPLICATE})
        )
        refused = await ask(client, "withdrawals", case)
    assert (refused.status_code, refused.json()["attempted"]) == (403, "withdraw")


async def test_the_reporter_adds_words_and_the_office_photos(office: StreetOffice) -> None:
    clerk = office.token("clerk")
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING)
        done = await ask(client, "details", case, words="门口又倒了一车,电话 13900000000")
        again = await ask(client, "details", case, words="门口又倒了一车,电话 13900000000")
        empty = await ask(client, "details", case, "e")
        by_office = await post(client, case, "details", clerk, words="来电补充")
        ended = await ask(client, "details", await garden.a_case_at(Stage.REJECTED), words="x")
        now, log = await garden.now(case.id), await ports.store.log(case.id)
        refs = log[-2].entry.data.contents
        words = await ports.vault.read({case.id: refs})
    assert statuses((done, again, empty, by_office, ended)) == [200, 200, 422, 200, 409]
    assert (now.rev, now.stage, refs[0].kind) == (case.rev, Stage.WORKING, "details")
    assert words[refs[0].id] == "门口又倒了一车,电话 13900000000".encode()
    assert not any(b"13900000000" in sealed.body for sealed in log)


async def test_nobody_fills_a_case_with_additions(
    office: StreetOffice, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(holders.Holders.__init__, "__defaults__", (2,))
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        case = await Garden(ports).a_case_at(Stage.WORKING)
        answers = [await ask(client, "details", case, key, words="又") for key in ("a", "b", "c", "b")]
    assert statuses(answers) == [200, 200, 429, 200]


async def test_a_merged_and_a_split_report_are_followed_where_they_went(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        original, part = await garden.a_case_at(Stage.CLOSED), await garden.a_case_at(Stage.WORKING)
        into = example("merged").model_copy(update={"into": original.id})
        between = await garden.a_case_at(Stage.FILED, into)
        merged = await garden.a_case_at(Stage.FILED, into.model_copy(update={"into": between.id}))
        lead = await garden.a_case_at(Stage.FILED, example("split").model_copy(update={"into": (part.id,)}))
        followed, split = await track(client, merged), await track(client, lead)
    assert (followed["stage"], followed["merged_into"]["number"]) == ("merged", original.number)
    assert followed["merged_into"]["stages"][-1]["stage"] == "closed"
    assert [(each["number"], each["stage"]) for each in split["split_into"]] == [(part.number, "working")]
    assert set(followed["merged_into"]) == {"number", "stage", "stage_zh", "stages", "reply"}


async def test_the_reporter_reads_what_was_written_for_the_public_and_no_more(office: StreetOffice) -> None:
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.WORKING)
        await garden.note(case.id, "内部:等吊车")
        note = await garden.note(case.id, "明天上午来清运")
        await garden.say(case.id, example("noted").model_copy(update={"words": note, "public": True}))
        told = await track(client, case)
        await ports.vault.erase(case.id, 1)
        erased = await track(client, case)
    assert [said["words"] for said in told["notes"]] == ["明天上午来清运"]
    assert "吊车" not in str(told)
    assert "notes" not in erased


async def test_the_reporter_adds_photos(office: StreetOffice, monkeypatch: pytest.MonkeyPatch) -> None:
    async with office.ports(Service.INTAKE) as ports, office.http(INTAKE) as client:
        garden = Garden(ports)
        case, ended = await garden.a_case_at(Stage.WORKING), await garden.a_case_at(Stage.CLOSED)

        async def send(of: Case, key: str, picture: bytes) -> httpx.Response:
            headers = {"Receipt-Code": receipt_of(of.id), "Idempotency-Key": key}
            return await client.post("/v1/details/photos", content=picture, headers=headers)

        stored, again = await send(case, "p", a_photo()), await send(case, "p", a_photo())
        broken, late = await send(case, "q", b"MZ"), await send(ended, "p", a_photo())
        nobody = await client.post("/v1/details/photos", content=a_photo(), headers={"Idempotency-Key": "p"})
        shown = await ask(client, "details", case, evidence=[stored.json()["photo_id"]])
        strange = await ask(client, "details", case, "s", evidence=[str(case.id)])
        monkeypatch.setattr(holders, "MOST_PHOTOS", 1)
        full = await send(case, "r", a_photo())
        kept = await ports.photos.read(case.id, shown_photo(await garden.last(case.id)))
    assert statuses((stored, again, broken, late, nobody)) == [201, 200, 422, 409, 422]
    assert again.json() == stored.json() | {"already": True}
    assert (late.json()["stage"], late.json()["attempted"]) == ("closed", "details_added.v1")
    assert statuses((shown, strange, full)) == [200, 422, 429]
    assert kept
    assert b"Phone of Wang" not in kept


def shown_photo(added: Any) -> Any:
    return added.contents[0].id
