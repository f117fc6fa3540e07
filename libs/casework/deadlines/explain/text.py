"""An explanation as plain text: what a terminal shows, and a page can show in a fixed-width font."""

from collections.abc import Iterator

from libs.casework.deadlines.explain.bar import COUNTED, NOT_COUNTED, PAUSED
from libs.casework.deadlines.explain.days import DayLine
from libs.casework.deadlines.explain.explanation import Explanation
from libs.casework.deadlines.explain.wall import day_name

LEGEND = f"{COUNTED} 计 counted  {NOT_COUNTED} 不计 not counted  {PAUSED} 暂停 paused"
_NAME_COLUMNS = len("2026-11-27 – 2026-11-29")


def as_text(explanation: Explanation) -> str:
    """The whole, in both languages, without a newline at the end."""
    return "\n".join(_lines(explanation))


def _lines(explanation: Explanation) -> Iterator[str]:
    yield f"{explanation.title.zh} · {explanation.title.en}"
    for head, value in explanation.facts:
        yield f"  {head.zh} {value.zh}"
        yield f"       {head.en}: {value.en}"
    yield ""
    for number, said in enumerate(explanation.sentences, 1):
        yield f"  {number}. {said.zh}"
        yield f"     {said.en}"
    yield ""
    yield from _days(explanation)
    if explanation.bar:
        yield ""
        yield f"  {explanation.bar}"
        yield from (f"  {mark}" for mark in explanation.marks)
        yield f"  {LEGEND}"


def _days(explanation: Explanation) -> Iterator[str]:
    unit = "工作日 workdays" if explanation.by_days else "时:分 h:mm"
    if explanation.days:
        yield f"  逐日 day by day（{unit}）：计 counted · 累计 total"
    # Dates and times first: they are as wide as they are long, Chinese words are not.
    for line in explanation.days:
        counted = f"{line.counted:>9}  {line.total:>9}" if line.counted else f"{'–':>9}  {'':>9}"
        remarks = "; ".join(f"{said.zh} {said.en}" for said in line.remarks)
        yield f"  {_name(line)} {counted}  {' '.join((*line.spans, remarks)).strip()}".rstrip()


def _name(line: DayLine) -> str:
    if line.first == line.last:
        # 周五 is four columns wide and two characters long.
        return day_name(line.first).ljust(_NAME_COLUMNS - 2)
    return f"{line.first.isoformat()} – {line.last.isoformat()}"
