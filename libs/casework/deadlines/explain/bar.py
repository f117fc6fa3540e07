"""A picture of a deadline in one line of text: counted █, not counted ·, paused ▒, and below it now and due."""

from collections.abc import Iterable, Sequence
from unicodedata import east_asian_width

from libs.casework.deadlines.intervals import Interval, Kind

COUNTED, NOT_COUNTED, PAUSED = "█", "·", "▒"
WIDTH = 60
_ENOUGH = 0.2
"""A column of a day or so shows as counted when a fifth of it counts: a workday has no more."""


def bar(intervals: Sequence[Interval], width: int = WIDTH) -> str:
    """The line, to scale from the first interval's beginning to the last one's end; empty of nothing."""
    if not intervals:
        return ""
    begin, end = intervals[0].begin, intervals[-1].end
    edges = [begin + (end - begin) * column // width for column in range(width + 1)]
    return "".join(
        _column(intervals, edges[column], max(edges[column] + 1, edges[column + 1]))
        for column in range(width)
    )


def marks(begin: int, end: int, marked: Iterable[tuple[int, str]], width: int = WIDTH) -> list[str]:
    """A line for each mark, under the bar's column in which it lies; none for what lies outside."""
    lines = []
    for at, text in sorted(marked):
        if begin <= at <= end:
            column = min(width - 1, (at - begin) * width // max(1, end - begin))
            lines.append(_mark(column, text, width))
    return lines


def _mark(column: int, text: str, width: int) -> str:
    """`    ▲ now`, or with the words before the arrow where the line would end."""
    if column + 2 + _columns(text) <= width:
        return f"{' ' * column}▲ {text}"
    return f"{' ' * max(0, column - 1 - _columns(text))}{text} ▲"


def _columns(text: str) -> int:
    return sum(2 if east_asian_width(letter) in "WF" else 1 for letter in text)


def _column(intervals: Iterable[Interval], begin: int, end: int) -> str:
    shares = {Kind.COUNTED: 0, Kind.PAUSED: 0}
    for one in intervals:
        if one.kind in shares:
            shares[one.kind] += max(0, min(end, one.end) - max(begin, one.begin))
    if shares[Kind.PAUSED] * 2 >= end - begin:
        return PAUSED
    return COUNTED if shares[Kind.COUNTED] >= _ENOUGH * (end - begin) else NOT_COUNTED
