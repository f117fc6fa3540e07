"""The door of deadlines, driven over HTTP with a log in memory."""

from collections.abc import AsyncIterator, Iterable
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.plumbing.clock import now_us
from libs.plumbing.principals import Principal
from libs.plumbing.security import Verifier, new_signing_key, public_part, sign
from libs.plumbing.settings import Settings
from libs.plumbing.web import service_app
from services.sla.api import DeadlineDoor
from services.sla.app import reference
from tests.support.calendars import at
from tests.support.cases import Told
from tests.support.timelines import a_timeline

SIGNING = new_signing_key()
NOW = at("2026-11-25 15:10")
GARBAGE = (
    "2026-11-25 09:00 reported",
    "09:00 classified category=exposed_garbage",
    "09:00 filed",
    "09:00 dispatched",
    "09:30 accepted",
    "09:30 started",
)


class LogInMemory:
    """Cases as they were told."""

    def __init__(self, *stories: Told) -> None:
        self._stories = {story.case_id: story for story in stories}

    async def load(self, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
        return {one: self._stories[one].so_far for one in case_ids if one in self._stories}

    async def log(self, case_id: UUID) -> list[Sealed]:
        return list(self._stories[case_id].log)


STORY = a_timeline(*GARBAGE)
ORDERED = a_timeline(*GARBAGE, "10:30 attention_ordered limit=4_工作时")
EXTENDED = a_timeline(*GARBAGE, "10:30 extension_asked", "11:00 extended by=2_工作时")


@pytest.fixture
async def client() -> AsyncIterator[httpx.AsyncClient]:
    door = DeadlineDoor(LogInMemory(STORY, ORDERED, EXTENDED), reference(), lambda: NOW)
    verifier = Verifier(public_part(SIGNING), lambda key_id: False)
    app = service_app("sla", [door.router()], settings=Settings(service="sla"), verifier=verifier)
    transport = httpx.ASGITransport(app, raise_app_exceptions=False)
    async with httpx.AsyncClient(transport=transport, base_url="http://sla") as client:
        yield client


def somebody(*roles: str, office: str = "yingbin") -> dict[str, str]:
    unit = "pmc" if "unit_worker" in roles else None
    principal = Principal("p-1", frozenset(roles), office, unit, expires=now_us() + 3_600_000_000)
    return {"Authorization": f"Bearer {sign(principal, SIGNING, now_us(), 'k1')}"}


async def asked(client: httpx.AsyncClient, path: str, **params: Any) -> httpx.Response:
    return await client.get(path, params=params, headers=somebody("clerk"))


async def test_a_deadline_alone(client: httpx.AsyncClient) -> None:
    question = {"from": "2026-11-27T16:30", "limit": "4 工作时", "pause": "2026-11-27T17:00/2026-11-30T09:30"}
    answer = (await asked(client, "/v1/due", **question)).json()
    assert answer["due"] == answer["computation"]["due"] == "2026-11-30T15:30:00+08:00"
    assert "届满 2026-11-30 周一 15:30" in answer["text"]


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        ({"limit": "4 weeks"}, "limit"),
        ({"from": "soon"}, "from"),
        ({"calendar": "moon"}, "calendar"),
        ({"pause": "x"}, "pause"),
    ],
)
async def test_a_wrong_question_is_refused_with_its_part(
    client: httpx.AsyncClient, wrong: dict[str, str], field: str
) -> None:
    answer = await asked(client, "/v1/due", **({"from": "2026-11-27T16:30", "limit": "4 工作时"} | wrong))
    assert (answer.status_code, answer.json()["field"]) == (422, field)


async def test_a_year_without_a_table_is_refused_by_name(client: httpx.AsyncClient) -> None:
    answer = await asked(client, "/v1/due", **{"from": "2026-12-31T09:00", "limit": "1 工作日"})
    assert answer.status_code == 422
    assert "no table of rest days for 2027" in answer.json()["detail"]


async def test_a_question_that_is_no_question_is_refused_too(client: httpx.AsyncClient) -> None:
    for params in ({"limit": "4 工作时"}, {"from": "2026-11-27T16:30", "limit": "4 工作时", "moon": "full"}):
        assert (await asked(client, "/v1/due", **params)).status_code == 422


async def test_the_clocks_of_a_case_with_their_colours(client: httpx.AsyncClient) -> None:
    answer = (await asked(client, f"/v1/cases/{STORY.case_id}/clocks")).json()
    clocks = {one["clock"]: one for one in answer["clocks"]}
    assert list(clocks) == ["response", "case", "acceptance", "resolution"]
    resolution = clocks["resolution"]
    # 15:10: three hours and forty minutes of four are used; yellow since 15:06.
    assert (resolution["due"], resolution["colour"]) == ("2026-11-25T15:30:00+08:00", "yellow")
    assert resolution["used"] == pytest.approx(11 / 12)
    assert resolution["rule"] == {"policy": "2026-11", "rule": "all", "because": [], "source": "yuncheng"}
    assert [one["id"] for one in resolution["levels"]][:3] == ["near", "behind", "overdue"]
    assert (clocks["acceptance"]["state"], clocks["acceptance"]["overdue"]) == ("done", False)


async def test_an_order_is_one_of_the_clocks(client: httpx.AsyncClient) -> None:
    answer = (await asked(client, f"/v1/cases/{ORDERED.case_id}/clocks")).json()
    (order,) = [one for one in answer["clocks"] if one["clock"] == "attention:7"]
    assert (order["due"], order["name"]["zh"]) == ("2026-11-25T17:00:00+08:00", "督办时限")
    assert (order["rule"]["rule"], order["rule"]["source"]) == ("ordered", "supervisor")
    told = (await asked(client, f"/v1/cases/{ORDERED.case_id}/explanation")).json()
    (text,) = [one["text"] for one in told["clocks"] if one["clock"] == "attention:7"]
    assert "督办要求" in text


async def test_an_extension_is_explained_with_who_approved_it(client: httpx.AsyncClient) -> None:
    told = (await asked(client, f"/v1/cases/{EXTENDED.case_id}/explanation")).json()
    (one,) = [one for one in told["clocks"] if one["clock"] == "resolution"]
    assert one["computation"]["due"] == "2026-11-25T17:30:00+08:00"
    for words in ("经 s-0007 批准延期 2 工作时", "approved by s-0007"):
        assert words in one["text"]


async def test_the_explanation_is_for_people_and_for_machines(client: httpx.AsyncClient) -> None:
    answer = (await asked(client, f"/v1/cases/{STORY.case_id}/explanation")).json()
    (resolution,) = [one for one in answer["clocks"] if one["clock"] == "resolution"]
    assert resolution["computation"]["due"] == "2026-11-25T15:30:00+08:00"
    assert "处置时限" in resolution["text"]


async def test_another_offices_case_does_not_exist(client: httpx.AsyncClient) -> None:
    for path in ("clocks", "explanation"):
        where = f"/v1/cases/{STORY.case_id}/{path}"
        assert (await client.get(where, headers=somebody("clerk", office="shuibosi"))).status_code == 404
        assert (await client.get(where, headers=somebody("auditor", office="shuibosi"))).status_code == 200
    assert (await asked(client, f"/v1/cases/{UUID(int=9)}/clocks")).status_code == 404


async def test_residents_and_strangers_are_not_let_in(client: httpx.AsyncClient) -> None:
    where = f"/v1/cases/{STORY.case_id}/clocks"
    assert (await client.get(where)).status_code == 401
    assert (await client.get(where, headers=somebody("resident"))).status_code == 403
