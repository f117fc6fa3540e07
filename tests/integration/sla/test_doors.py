"""The board and the ledger over HTTP on real servers: what is shown, to whom, page by page."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from libs.casestore.schema import SLA_CLOCKS
from libs.casework.events.dispatch import Suspended
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.clock import now_us
from services.sla.app import SLA
from services.sla.lines import document_of
from tests.integration.sla.boards import GRIDS, HOUR, a_line
from tests.support.planted import Garden
from tests.support.street_office import StreetOffice

DAY = 24 * HOUR


@pytest.fixture
async def doors(office: StreetOffice) -> AsyncIterator[tuple[Garden, httpx.AsyncClient]]:
    async with office.ports(Service.SLA) as ports, office.http(SLA) as client:
        await ports.database[SLA_CLOCKS].delete_many({})
        yield Garden(ports), client


async def put(garden: Garden, *lines: dict[str, Any]) -> list[str]:
    """Lines of one clock a case, due in so many minutes; an hour is their limit. Returns the cases' ids."""
    ids = [f"0193f111-0000-7000-8000-{number:012d}" for number in range(len(lines))]
    documents = []
    for case_id, given in zip(ids, lines, strict=True):
        line = a_line(now_us() + given.pop("minutes") * HOUR // 60, **given)
        documents.append(document_of(UUID(case_id), 1, line))
    await garden.ports.database[SLA_CLOCKS].insert_many(documents)
    return ids


async def asked(client: httpx.AsyncClient, who: dict[str, str], path: str = "board", **params: Any) -> Any:
    answer = await client.get(f"/v1/{path}", params=params, headers=who)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_the_board_tells_colour_level_names_and_counts(doors: Any, office: StreetOffice) -> None:
    garden, client = doors
    ids = await put(
        garden,
        {"minutes": -40, "unit": "community"},
        {"minutes": 4},
        {"minutes": 12, "grid": None, "unit": "office"},
        {"minutes": 40},
    )
    page = await asked(client, office.token("clerk"))
    told = [(one["case_id"], one["colour"], one["level"]) for one in page["clocks"]]
    assert told == [(ids[0], "red", "overdue_half"), (ids[1], "yellow", "behind"), (ids[2], "blue", "near")]
    first, last = page["clocks"][0], page["clocks"][2]
    assert (first["unit_name"]["zh"], first["name"]["zh"]) == ("社区居民委员会", "处置时限")
    assert (last["unit_name"]["zh"], last["grid_name"], last["level_name"]["zh"]) == ("街道办", None, "临期")
    total = page["counts"]["total"]
    assert (total["red"], total["yellow"], total["blue"]) == (1, 1, 1)
    assert [(one["code"], one["red"]) for one in page["counts"]["units"]] == [
        ("community", 1),
        ("pmc", 0),
        ("office", 0),
    ]
    assert {one["code"] for one in page["counts"]["grids"]} == {GRIDS[0], None}


async def test_what_is_given_narrows_the_board_and_its_counts(doors: Any, office: StreetOffice) -> None:
    garden, client = doors
    ids = await put(
        garden,
        {"minutes": -10, "unit": "community"},
        {"minutes": -10, "category": "leaf_branch"},
        {"minutes": -10, "clock": "item", "key": "item:clear"},
        {"minutes": -10, "grid": GRIDS[1]},
        {"minutes": 4},
    )
    who = office.token("clerk")
    for number, narrowed in enumerate(
        (
            {"unit": "community"},
            {"category": "leaf_branch"},
            {"clock": "item"},
            {"grid": GRIDS[1]},
            {"colour": "yellow"},
            {"level": "behind"},
        )
    ):
        page = await asked(client, who, **narrowed)
        assert [one["case_id"] for one in page["clocks"]] == [ids[min(number, 4)]], narrowed
    assert (await asked(client, who, level="behind", colour="red"))["clocks"] == []
    both = await asked(client, who, colour=["red", "yellow"], unit="pmc")
    assert len(both["clocks"]) == 4
    assert (await asked(client, who, colour="blue"))["counts"]["total"]["red"] == 4


async def test_pages_go_on_as_the_board_was(doors: Any, office: StreetOffice) -> None:
    garden, client = doors
    ids = await put(garden, *({"minutes": -10 + number} for number in range(8)))
    seen, page = list[str](), await asked(client, office.token("clerk"), limit=3)
    assert page["counts"] is not None
    while True:
        seen += [one["case_id"] for one in page["clocks"]]
        if page["after"] is None:
            break
        before, page = page, await asked(client, office.token("clerk"), limit=3, after=page["after"])
        assert (page["as_of"], page["counts"]) == (before["as_of"], None)
    assert seen == ids


async def test_another_offices_clocks_do_not_exist(doors: Any, office: StreetOffice) -> None:
    garden, client = doors
    case = await garden.a_case_at(Stage.FILED)
    await garden.a_case_at(Stage.FILED, office="shuibosi")
    ids = await put(garden, {"minutes": -5}, {"minutes": -4, "office": "shuibosi"})
    own = await asked(client, office.token("clerk"))
    assert [one["case_id"] for one in own["clocks"]] == ids[:1]
    assert own["counts"]["total"]["red"] == 1
    other = await asked(client, office.token("clerk"), office="shuibosi")
    assert (other["clocks"], other["counts"]["total"]["red"]) == ([], 0)
    for role in ("auditor", "administrator"):
        everywhere = await asked(client, office.token(role))
        assert [one["case_id"] for one in everywhere["clocks"]] == ids
        there = await asked(client, office.token(role), office="shuibosi")
        assert [one["case_id"] for one in there["clocks"]] == ids[1:]
    assert case.office == "yingbin"


@pytest.mark.parametrize("path", ["board", "suspended"])
async def test_residents_and_strangers_see_nothing(doors: Any, office: StreetOffice, path: str) -> None:
    _, client = doors
    answers = [await client.get(f"/v1/{path}", headers=who) for who in (office.token("resident"), {})]
    assert [each.status_code for each in answers] == [403, 401]


@pytest.mark.parametrize(
    ("path", "wrong", "field"),
    [
        ("board", {"after": "x"}, "after"),
        ("board", {"level": "dire"}, "level"),
        ("board", {"colour": "pink"}, "colour"),
        ("board", {"clock": "moon"}, "clock"),
        ("board", {"limit": 501}, "limit"),
        ("board", {"what": 1}, "what"),
        ("suspended", {"after": "x"}, "after"),
        ("suspended", {"after": "1.x"}, "after"),
        ("suspended", {"after": f"{10**19}.0193f111-0000-7000-8000-000000000001"}, "after"),
        ("board", {"after": f"{10**19}.1.0193f111-0000-7000-8000-000000000001:case"}, "after"),
        ("suspended", {"limit": 0}, "limit"),
    ],
)
async def test_what_cannot_be_is_refused_by_name(
    doors: Any, office: StreetOffice, path: str, wrong: dict[str, Any], field: str
) -> None:
    _, client = doors
    answer = await client.get(f"/v1/{path}", params=wrong, headers=office.token("clerk"))
    assert answer.status_code == 422
    assert answer.headers["content-type"] == "application/problem+json"
    assert field in answer.text


async def test_the_ledger_tells_why_until_when_and_by_whom_overdue_first(
    doors: Any, office: StreetOffice
) -> None:
    garden, client = doors
    before = {one["number"] for one in (await asked(client, office.token("auditor"), "suspended"))["cases"]}
    later = await waiting(garden, 9 * DAY)
    over = await waiting(garden, -1 * DAY)
    nobody_said = await waiting(garden, None)
    soon = await waiting(garden, 2 * DAY, grid=GRIDS[1])
    gone_on = await waiting(garden, -2 * DAY)
    await garden.say(gone_on.id, example("resumed"))
    far = await waiting(garden, -3 * DAY, office="shuibosi")
    cases = [
        one
        for one in (await asked(client, office.token("clerk"), "suspended"))["cases"]
        if one["number"] not in before
    ]
    assert [(one["number"], one["overdue"]) for one in cases] == [
        (nobody_said.number, True),
        (over.number, True),
        (soon.number, False),
        (later.number, False),
    ]
    assert (cases[1]["reason_name"]["zh"], cases[1]["approver"], cases[1]["unit"]) == (
        "需列入资金计划",
        "s-0007",
        "pmc",
    )
    assert cases[0]["review"] is None
    grid = await asked(client, office.token("clerk"), "suspended", grid=GRIDS[1])
    assert grid["cases"] == []
    grid = await asked(client, office.token("clerk"), "suspended", grid=GRIDS[0], unit="pmc", limit=500)
    assert {soon.number, over.number} <= {one["number"] for one in grid["cases"]}
    unit = await asked(client, office.token("clerk"), "suspended", unit="enforce")
    assert unit["cases"] == []
    elsewhere = await asked(client, office.token("clerk"), "suspended", office="shuibosi")
    assert elsewhere["cases"] == []
    everywhere = await asked(client, office.token("auditor"), "suspended", limit=2)
    numbers = [one["number"] for one in everywhere["cases"]]
    rest = await asked(client, office.token("auditor"), "suspended", limit=2, after=everywhere["after"])
    assert [*numbers, *(one["number"] for one in rest["cases"])] == [
        nobody_said.number,
        far.number,
        over.number,
        soon.number,
    ]


async def test_a_review_moves_the_case_down_the_ledger(doors: Any, office: StreetOffice) -> None:
    garden, client = doors
    case = await waiting(garden, -5 * DAY)
    await garden.say(case.id, example("suspension_reviewed").model_copy(update={"until": now_us() + 3 * DAY}))
    cases = (await asked(client, office.token("clerk"), "suspended"))["cases"]
    (found,) = [one for one in cases if one["number"] == case.number]
    assert found["overdue"] is False


async def waiting(garden: Garden, review_in: int | None, **classified: Any) -> Any:
    until = None if review_in is None else now_us() + review_in
    held = Suspended(reason="budget", approver="s-0007", until=until)
    return await garden.a_case_at(Stage.WORKING, held, **classified)
