"""An explanation as plain values, for JSON: what the command line prints with --json, and what HTTP answers."""

from typing import Any

from libs.casework.calendar.calendar import Calendar
from libs.casework.deadlines.explain.explanation import Explanation
from libs.casework.deadlines.explain.wall import Wall
from libs.casework.deadlines.explain.words import Said, remark
from libs.casework.deadlines.intervals import Interval, Kind
from libs.casework.deadlines.reckoning import Move, Reckoning


def document(explanation: Explanation, reckoning: Reckoning, calendar: Calendar) -> dict[str, Any]:
    """All of it. Instants are ISO 8601 with the calendar's offset; `due_us` is the deadline in µs UTC."""
    wall, due = Wall(calendar.spec.zone), reckoning.due
    return {
        "from": wall.iso(reckoning.begin),
        "limit": str(reckoning.amount) if reckoning.amount else None,
        "calendar": calendar.spec.id,
        "timezone": calendar.spec.zone.key,
        "due": wall.iso(due) if due is not None else None,
        "due_us": due,
        "moves": [_move(wall, *pair) for pair in zip(reckoning.moves, explanation.sentences, strict=True)],
        "intervals": [_interval(wall, one) for one in explanation.intervals],
        "bar": explanation.bar,
    }


def _move(wall: Wall, move: Move, said: Said) -> dict[str, Any]:
    return {
        "cause": move.cause.value,
        "before": wall.iso(move.before),
        "after": wall.iso(move.after) if move.after is not None else None,
        "zh": said.zh,
        "en": said.en,
    }


def _interval(wall: Wall, one: Interval) -> dict[str, Any]:
    """`amount` is exact: a fraction of `unit` where it is no whole number."""
    counts = one.kind is Kind.COUNTED
    row = {"from": wall.iso(one.begin), "to": wall.iso(one.end), "counts": counts, "kind": one.kind.value}
    if counts:
        return row | {"amount": str(one.amount), "unit": one.unit.value}
    return row | remark(one)._asdict()
