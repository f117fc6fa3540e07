"""The board on a real MongoDB: what it shows of many lines, by which index, and that the lines follow the logs."""

import random
import re
from collections.abc import AsyncIterator
from typing import Any

import pytest
from pymongo.read_concern import ReadConcern

from libs.casestore.schema import SLA_CLOCKS
from libs.casework.deadlines.vocabulary import Colour
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from libs.plumbing.mongo import Document
from services.sla.board import BY_DUE, COLOURED, Board, BoardQuery, Place, counting, parts, place_from
from services.sla.lines import Lines, counts_of
from services.sla.rows import Row
from tests.integration.sla import boards
from tests.integration.sla.boards import HOUR, NOW, a_line
from tests.integration.sla.conftest import Room
from tests.support.calendars import at
from tests.support.street_office import StreetOffice

BOTH = ("yingbin", "shuibosi")
FILTERS: dict[str, Any] = {
    "unit": boards.UNITS,
    "grid": boards.GRIDS[:2],
    "category": boards.CATEGORIES[:2],
    "clock": boards.KINDS,
    "level": [level for level, _, _ in boards.LEVELS],
}
COLOURS = [frozenset({one}) for one in Colour] + [frozenset({Colour.BLUE, Colour.RED}), frozenset(Colour)]


@pytest.fixture
async def database(office: StreetOffice) -> AsyncIterator[Any]:
    async with office.ports(Service.SLA) as ports:
        await ports.database[SLA_CLOCKS].delete_many({})
        yield ports.database
        await ports.database[SLA_CLOCKS].delete_many({})


async def test_whatever_is_asked_for_is_what_looking_at_each_line_gives(database: Any) -> None:
    there = boards.lines(1500)
    await database[SLA_CLOCKS].insert_many(there)
    board, chance = Board(database), random.Random(7)
    for _ in range(60):
        query, now = a_query(chance), NOW + chance.randrange(-6 * HOUR, 6 * HOUR)
        found = [line["_id"] for line in await board.page(query, now, 5000)]
        assert found == boards.shown(there, query, now)
        assert {(one.unit, one.grid, one.colour): one.clocks for one in await board.counts(query, now)} == (
            boards.counted(there, query, now)
        )


async def test_pages_follow_each_other_without_gap_or_repetition_while_the_board_changes(
    database: Any,
) -> None:
    there = boards.lines(400, seed=2)
    await database[SLA_CLOCKS].insert_many(there)
    board, query = Board(database), BoardQuery(BOTH)
    expected, seen, after = boards.shown(there, query, NOW), list[str](), None
    while page := await board.page(query, NOW, 30, after):
        seen += [line["_id"] for line in page]
        after = place_from(str(Place(NOW, page[-1]["due"], page[-1]["_id"])))
        # What ends or begins meanwhile moves nothing else.
        await database[SLA_CLOCKS].delete_one({"_id": page[0]["_id"]})
        await Lines(database).write({chance_id(len(seen)): (1, [a_line(NOW - 2000 * HOUR)])})
    assert seen == expected


@pytest.mark.parametrize(
    "text", ["", "1", "1.2", "1.2.3", "a.b.c:d", f"1.2.{NOW}:x", "1.2.0193f111-0000-7000-8000-000000000001"]
)
def test_a_cursor_that_is_none_is_told(text: str) -> None:
    with pytest.raises(ValueError, match=r"^"):
        place_from(text)


async def test_every_question_is_answered_from_an_index_that_ends_where_the_board_does(database: Any) -> None:
    lines = boards.lines(3000, seed=3, around=1000 * HOUR)
    await database[SLA_CLOCKS].insert_many(lines)
    chance = random.Random(8)
    for _ in range(40):
        query = a_query(chance)
        coloured = sum(boards.colour_of(line, NOW) is not None for line in lines)
        for index, wanted in parts(query, NOW, None):
            find = {"find": SLA_CLOCKS, "filter": wanted, "projection": {"_id": 1}, "hint": index}
            told = await explained(database, find | {"sort": dict(BY_DUE), "limit": 50})
            assert_index_only(told, index, coloured, covered=query.level is None)
        pipeline = {"aggregate": SLA_CLOCKS, "pipeline": counting(query, NOW), "hint": COLOURED, "cursor": {}}
        assert_index_only(
            await explained(database, pipeline), COLOURED, coloured, covered=query.level is None
        )


async def test_the_planner_takes_these_indexes_by_itself(database: Any) -> None:
    await database[SLA_CLOCKS].insert_many(boards.lines(3000, seed=4, around=1000 * HOUR))
    for index, wanted in parts(BoardQuery(("yingbin",)), NOW, None):
        find = {
            "find": SLA_CLOCKS,
            "filter": wanted,
            "projection": {"_id": 1},
            "sort": dict(BY_DUE),
            "limit": 50,
        }
        assert f"'indexName': '{index}'" in str(
            (await explained(database, find))["queryPlanner"]["winningPlan"]
        )


# The sample's clock of the whole case would end in a year without a table of rest days: nobody can tell, so no line.
async def test_the_lines_of_a_case_are_its_open_clocks_and_on_whose_account_they_run(room: Room) -> None:
    case = await room.dispatched()
    assert await on_the_board(room, case.id) == {"acceptance": "pmc", "resolution": "pmc"}
    await room.garden.say(case.id, example("accepted"))
    await room.garden.say(case.id, example("started"))
    await room.garden.say(case.id, example("attention_ordered"))
    assert await room.swept() == 1
    order = f"attention:{case.seq + 3}"
    assert await on_the_board(room, case.id) == {"resolution": "pmc", order: "pmc"}
    await room.garden.say(case.id, example("resolved"))
    await room.swept()
    assert await on_the_board(room, case.id) == {"check": "checker", order: "checker"}
    await room.garden.say(case.id, example("check_passed"), example("closed"))
    await room.swept()
    assert await on_the_board(room, case.id) == {}


async def test_a_paused_clock_has_no_deadline_and_no_line_until_it_goes_on(room: Room) -> None:
    case = await room.dispatched(Stage.SUSPENDED)
    assert await on_the_board(room, case.id) == {}
    await room.garden.say(case.id, example("resumed"))
    await room.swept()
    assert set(await on_the_board(room, case.id)) == {"resolution"}


async def test_who_has_read_less_of_a_log_leaves_nothing_behind(room: Room) -> None:
    case = await room.dispatched()
    before = await lines_of(room, case.id)
    await room.garden.say(case.id, example("accepted"))
    await room.swept()
    stale = tuple(a_line(each["due"], key=each["key"]) for each in before)
    await room.rows.put([Row(case.id, case.seq, 1, "stale", stale)])
    assert set(await on_the_board(room, case.id)) == {"resolution"}
    assert (await room.rows.seqs([case.id]))[case.id] == case.seq + 1


async def test_a_line_that_was_put_while_its_ended_case_was_forgotten_does_not_stay(room: Room) -> None:
    case = await room.dispatched()
    (row,) = await room.rows.due(at("2026-11-25 12:00"), 1)
    line = a_line(NOW)
    await room.garden.say(case.id, example("returned"))
    await room.garden.say(case.id, example("merged"))
    # One who had read the log before writes between the two deletions of one who forgets the case.
    await room.ports.database[SLA_CLOCKS].delete_many({"case": case.id})
    await Lines(room.ports.database).write({case.id: (row.seq, [line])})
    await room.ports.database["sla_next"].delete_one({"_id": case.id})
    await Lines(room.ports.database).drop_older({})
    assert set(await on_the_board(room, case.id)) == {line.key}
    await room.swept()
    assert await on_the_board(room, case.id) == {}


async def test_lost_lines_are_made_again_and_each_case_is_read_once_for_it(room: Room) -> None:
    case, paused = await room.dispatched(), await room.dispatched(Stage.SUSPENDED)
    before = await lines_of(room, case.id)
    await room.ports.database[SLA_CLOCKS].delete_many({})
    assert await room.swept() == 1
    assert await lines_of(room, case.id) == before
    await room.ports.database[SLA_CLOCKS].delete_one({"_id": before[0]["_id"]})
    assert await room.swept() == 1
    assert await lines_of(room, case.id) == before
    assert await on_the_board(room, paused.id) == {}
    assert await room.swept() == 0


async def test_the_sweep_looks_at_lines_in_their_index_alone(database: Any, room: Room) -> None:
    await database[SLA_CLOCKS].insert_many(boards.lines(1200, seed=5))
    lines = database.get_collection(SLA_CLOCKS, read_concern=ReadConcern("local"))
    cases = await lines.distinct("case")
    seen, after = list[Any](), None
    while page := await room.rows.page_on_board(after, 500):
        seen, after = seen + page, page[-1]
    assert sorted(cases) == seen
    paging = lines.find({"case": {"$gt": cases[0]}}, {"_id": 0, "case": 1}).sort("case", 1).limit(500)
    counting = {"aggregate": SLA_CLOCKS, "pipeline": counts_of(cases[:500]), "cursor": {}}
    counted = await database.command(
        "explain", counting, verbosity="executionStats", codec_options=database.codec_options
    )
    for stats in (await paging.explain(), counted):
        told = str(stats)
        assert "of_a_case" in told
        assert set(re.findall(r"'totalDocsExamined': (\d+)", told)) == {"0"}


async def test_one_that_fires_on_a_longer_log_than_the_row_knows_brings_the_lines_along(room: Room) -> None:
    case = await room.dispatched()
    await room.garden.say(case.id, example("accepted"))
    await room.fire("09:50")
    assert set(await on_the_board(room, case.id)) == {"resolution"}
    assert await room.swept() == 0


async def test_what_the_monitor_says_changes_no_line(room: Room) -> None:
    case = await room.dispatched()
    before = await lines_of(room, case.id)
    await room.fire("10:01")
    assert len(await room.said(case.id)) >= 3
    assert await lines_of(room, case.id) == before


async def test_rows_of_the_form_before_boards_are_made_again_with_their_lines(room: Room) -> None:
    case = await room.dispatched()
    await room.ports.database[SLA_CLOCKS].delete_many({"case": case.id})
    older = "policies 2026-11-25, calendars x"
    await room.ports.database["sla_next"].update_one({"_id": case.id}, {"$set": {"data": older}})
    assert await room.swept() == 1
    assert set(await on_the_board(room, case.id)) == {"acceptance", "resolution"}


async def on_the_board(room: Room, case_id: Any) -> dict[str, str]:
    return {line["key"]: line["unit"] for line in await lines_of(room, case_id)}


async def lines_of(room: Room, case_id: Any) -> list[Document]:
    """As they were written: a majority may not have them yet."""
    lines = room.ports.database.get_collection(SLA_CLOCKS, read_concern=ReadConcern("local"))
    return [line async for line in lines.find({"case": case_id}).sort("_id", 1)]


def a_query(chance: random.Random) -> BoardQuery:
    narrowed = {name: chance.choice(values) for name, values in FILTERS.items() if chance.random() < 0.25}
    offices = chance.choice((BOTH, BOTH[:1], BOTH[1:]))
    return BoardQuery(offices, colours=chance.choice(COLOURS), **narrowed)


def chance_id(number: int) -> Any:
    return boards.UUID(int=number)


async def explained(database: Any, command: Document) -> Document:
    told: Document = await database.command({"explain": command, "verbosity": "executionStats"})
    return told["stages"][0]["$cursor"] if "stages" in told else told


def assert_index_only(told: Document, index: str, coloured: int, *, covered: bool) -> None:
    plan, stats = str(told["queryPlanner"]["winningPlan"]), told["executionStats"]
    assert "COLLSCAN" not in plan
    assert f"'indexName': '{index}'" in plan
    assert stats["totalKeysExamined"] <= coloured + 10
    if covered:
        assert stats["totalDocsExamined"] == 0
