"""Residents over HTTP: rating and reopening with the receipt code, without an account."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.vocabulary import Role, Service, Stage
from libs.plumbing.limits import RateLimits
from libs.stages import residents
from libs.stages.residents import HOLDER
from services.closure.app import CLOSURE
from tests.support.planted import Garden, receipt_of, statuses
from tests.support.street_office import StreetOffice


@pytest.fixture(autouse=True)
def a_fresh_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tries are counted for each process; every test is a visitor of its own."""
    monkeypatch.setattr(residents, "tries", RateLimits("600/minute", "20/minute"))


async def ask(
    client: httpx.AsyncClient, path: str, case: Case, key: str = "k", **body: Any
) -> httpx.Response:
    told = {"receipt": receipt_of(case.id), **body}
    return await client.post(f"/v1/{path}", json=told, headers={"Idempotency-Key": key})


async def test_a_rating_is_taken_once_for_each_closing(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        case = await garden.a_case_at(Stage.CLOSED)
        rating = {"score": 5, "solved": True, "words": "谢谢你们"}
        done = await ask(client, "ratings", case, **rating)
        again = await ask(client, "ratings", case, **rating)
        reused = await ask(client, "ratings", case, score=1, solved=False)
        second = await ask(client, "ratings", case, "other", score=1, solved=False)
        now, log = await garden.now(case.id), await ports.store.log(case.id)
    assert statuses((done, again, reused, second)) == [200, 200, 422, 403]
    assert (done.json()["already"], again.json()["already"]) == (False, True)
    assert (second.json()["stage"], second.json()["attempted"]) == ("closed", "rate")
    assert now.rating is not None
    assert (now.rating.score, now.rating.generation) == (5, 1)
    assert log[-1].entry.actor == Actor(id=HOLDER, role=Role.RESIDENT, office="yingbin")
    assert "谢谢" not in log[-1].body.decode()


async def test_a_resident_has_a_case_taken_up_again_within_the_term(office: StreetOffice) -> None:
    async with office.ports(Service.CLOSURE) as ports, office.http(CLOSURE) as client:
        garden = Garden(ports)
        case, other = await garden.a_case_at(Stage.CLOSED), await garden.a_case_at(Stage.CLOSED)
        ours = await ask(client, "reopenings", other, "a", reason="ordered_by_supervisor")
        done = await ask(client, "reopenings", case, "b", reason="not_solved", words="又坏了")
        twice = await ask(client, "reopenings", case, "c", reason="not_solved")
        now = await garden.now(case.id)
    assert statuses((ours, done, twice)) == [422, 200, 409]
    assert ours.json()["allowed"] == ["not_solved", "came_back"]
    assert (now.stage, now.generation, now.awaits.machine) == (Stage.FILED, 2, Service.DISPATCH)


async def test_a_mistyped_an_unknown_and_a_missing_code_are_told_apart(office: StreetOffice) -> None:
    rating = {"score": 5, "solved": True}
    async with office.http(CLOSURE) as client:
        key = {"Idempotency-Key": "k"}
        good = receipt_of(UUID(int=5))
        mistyped = ("0" if good[0] != "0" else "1") + good[1:]
        unknown = await client.post("/v1/ratings", json={"receipt": good, **rating}, headers=key)
        wrong = await client.post("/v1/ratings", json={"receipt": mistyped, **rating}, headers=key)
        missing = await client.post("/v1/ratings", json=rating, headers=key)
        keyless = await client.post("/v1/ratings", json={"receipt": good, **rating})
    assert statuses((unknown, wrong, missing, keyless)) == [404, 422, 422, 400]
    assert (wrong.json()["field"], wrong.json()["attempted"]) == ("receipt", "rate")
    assert good not in unknown.text


async def test_nobody_tries_codes_for_long(office: StreetOffice) -> None:
    async with office.http(CLOSURE) as client:
        told = {"receipt": "0000-0000-0000-0", "score": 5, "solved": True}
        answers = [
            await client.post("/v1/ratings", json=told, headers={"Idempotency-Key": str(n)})
            for n in range(22)
        ]
    assert [each.status_code for each in answers[20:]] == [429, 429]
    assert answers[20].headers["retry-after"]
