"""Lines that were never cases, for boards with many of them; and what a board has to show of them, by looking at each."""

import random
from collections import Counter
from dataclasses import replace
from typing import Any
from uuid import UUID

from libs.casework.deadlines.timed import State
from libs.casework.deadlines.vocabulary import Clock, Colour
from libs.casework.vocabulary import Urgency
from libs.plumbing.mongo import Document
from services.sla.board import BoardQuery, Place
from services.sla.lines import Line, Step, document_of

NOW = 1_795_000_000_000_000
HOUR = 3_600_000_000
UNITS, GRIDS = ("pmc", "community", "office", "checker"), ("140213053902001", "140213066901001", None)
CATEGORIES = ("hoarding", "leaf_branch", None)
KINDS = (Clock.RESOLUTION, Clock.CASE, Clock.ACCEPTANCE, Clock.ITEM)
LEVELS = (
    ("near", Colour.BLUE, 0.75),
    ("behind", Colour.YELLOW, 0.9),
    ("overdue", Colour.RED, 1),
    ("overdue_half", Colour.RED, 1.5),
    ("overdue_twice", Colour.RED, 2),
)


def a_line(due: int, limit: int = HOUR, **instead: Any) -> Line:
    """A clock of that limit that is due then (µs UTC)."""
    begin = due - limit
    steps = tuple(Step(level, colour, begin + round(used * limit)) for level, colour, used in LEVELS)
    return replace(
        Line(
            "YB-1",
            "yingbin",
            "pmc",
            GRIDS[0],
            "hoarding",
            Urgency.NORMAL,
            "resolution",
            "resolution",
            1,
            State.RUNNING,
            due,
            steps,
        ),
        **instead,
    )


def lines(number: int, seed: int = 1, around: int = 12 * HOUR) -> list[Document]:
    """So many clocks of two offices, due around `NOW`, many in the same microsecond."""
    chance = random.Random(seed)
    found = []
    for each in range(number):
        kind = chance.choice(KINDS)
        key = f"item:{each}" if kind is Clock.ITEM else kind.value
        due = NOW + chance.randrange(-around, around, around // 200)
        line = a_line(
            due,
            chance.choice((HOUR, 8 * HOUR, 100 * HOUR)),
            number=f"YB-{each}",
            office=chance.choice(("yingbin", "shuibosi")),
            unit=chance.choice(UNITS),
            grid=chance.choice(GRIDS),
            category=chance.choice(CATEGORIES),
            clock=kind.value,
            key=key,
        )
        case = UUID(int=chance.getrandbits(128))
        found.append(document_of(case, 1, line))
    return found


def colour_of(line: Document, now: int) -> Colour | None:
    reached = [step for step in line["steps"] if step["since"] < now]
    return Colour(reached[-1]["colour"]) if reached else None


def shown(board: list[Document], query: BoardQuery, now: int, after: Place | None = None) -> list[str]:
    """The ids of what the board has to show."""
    found = [line for line in board if _wanted(line, query, now) and colour_of(line, now) in query.colours]
    places = sorted((line["due"], line["_id"]) for line in found)
    return [line for due, line in places if after is None or (due, line) > (after.due, after.line)]


def counted(board: list[Document], query: BoardQuery, now: int) -> Counter[tuple[str, str | None, Colour]]:
    """How many of each unit, grid and colour."""
    found = ((line, colour_of(line, now)) for line in board if _wanted(line, query, now))
    return Counter((line["unit"], line["grid"], colour) for line, colour in found if colour)


def _wanted(line: Document, query: BoardQuery, now: int) -> bool:
    same = all(getattr(query, name) in (None, line[name]) for name in ("unit", "grid", "category", "clock"))
    reached = [step["level"] for step in line["steps"] if step["since"] < now]
    return line["office"] in query.offices and same and query.level in (None, *reached[-1:])
