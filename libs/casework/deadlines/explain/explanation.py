"""All that there is to say about how a deadline came about."""

from collections.abc import Sequence
from dataclasses import dataclass

from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.calendars import Calendars
from libs.casework.calendar.spec import Counting, UnknownYear
from libs.casework.categories import LimitUnit
from libs.casework.deadlines.explain.bar import bar, marks
from libs.casework.deadlines.explain.days import DayLine, day_lines
from libs.casework.deadlines.explain.wall import Wall, length
from libs.casework.deadlines.explain.words import Said, hours_of, sentences
from libs.casework.deadlines.intervals import Interval, intervals
from libs.casework.deadlines.levels import overdue_by
from libs.casework.deadlines.policies import ORDERED, Policies
from libs.casework.deadlines.reckoning import Gap, Reckoning
from libs.casework.deadlines.timed import Moved, Stretch, Timed, gaps_in

TITLE = Said("时限计算", "how this deadline comes about")
UNTIL_KNOWN = Said("未定（暂停中）", "not known while it is paused")


@dataclass(frozen=True, slots=True)
class Explanation:
    """Heads and their values, sentences, days, the bar with its marks; each in both languages. `due` in µs UTC."""

    title: Said
    facts: tuple[tuple[Said, Said], ...]
    sentences: tuple[Said, ...]
    days: tuple[DayLine, ...]
    by_days: bool
    due: int | None
    intervals: tuple[Interval, ...]
    bar: str
    marks: tuple[str, ...]


def explain(
    calendar: Calendar,
    reckoning: Reckoning,
    gaps: Sequence[Gap] = (),
    now: int | None = None,
    title: Said = TITLE,
    facts: Sequence[tuple[Said, Said]] = (),
    until: int | None = None,
) -> Explanation:
    """The whole computation as a person would check it. It is laid out up to the deadline, and up to `until` when that is
    later or nobody can tell the deadline. Raises `UnknownYear` where no table reaches.
    """
    wall, due = Wall(calendar.spec.zone), reckoning.due
    end = max(
        filter(None, (due, until, None if due else _known(reckoning, gaps, now))), default=reckoning.begin
    )
    laid_out = intervals(calendar, reckoning, gaps, end)
    marked = [(at, f"{said.zh} {said.en}") for at, said in ((now, _NOW), (due, _DUE)) if at is not None]
    return Explanation(
        title=title,
        facts=(*_heads(calendar, reckoning, wall), *facts),
        sentences=sentences(reckoning, calendar),
        days=day_lines(calendar, laid_out, _by_days(calendar, reckoning)),
        by_days=_by_days(calendar, reckoning),
        due=due,
        intervals=laid_out,
        bar=bar(laid_out),
        marks=tuple(marks(reckoning.begin, end, marked)),
    )


def explain_clock(timed: Timed, policies: Policies, calendars: Calendars, now: int) -> Explanation | Said:
    """A clock of a case with its rule, its state and on whose account it ran; or why no deadline can be told."""
    if timed.reckoning is None:
        return _no_deadline(timed, timed.trouble or "")
    calendar = calendars.get(timed.calendar)
    facts = (
        *_rule(timed, policies),
        *_moves(timed, Wall(calendar.spec.zone)),
        *_overdue(timed, calendar, now),
        *_accounts(timed.stretches, Wall(calendar.spec.zone)),
    )
    try:
        return explain(
            calendar,
            timed.reckoning,
            gaps_in(timed.stretches),
            now,
            _title(timed),
            facts,
            _shown_until(timed, calendar, now),
        )
    except UnknownYear as error:
        return _no_deadline(timed, str(error))


def _shown_until(timed: Timed, calendar: Calendar, now: int) -> int:
    """To its end, or to now; beyond the deadline as long again as until it, no further, and only where tables reach."""
    until, due = timed.ended_at or now, timed.due
    if due is None or until <= due:
        return until
    try:
        calendar.timeline.year_at(min(until, 2 * due - timed.begin))
    except UnknownYear:
        return due
    return min(until, 2 * due - timed.begin)


def _overdue(timed: Timed, calendar: Calendar, now: int) -> list[tuple[Said, Said]]:
    """By how much it is, or was, over."""
    over = overdue_by(timed, calendar, now)
    if over is None:
        return []
    around_the_clock = timed.around_the_clock
    kind = Said("", "") if around_the_clock else Said("工作时段 ", " of working time")
    return [(Said("超时", "overdue by"), Said(f"{kind.zh}{length(over)}", f"{length(over)}{kind.en}"))]


def _title(timed: Timed) -> Said:
    name = f"（{timed.item}）" if timed.item else ""
    return Said(
        f"{timed.clock.zh}{name} 第 {timed.generation} 轮", f"{timed.key}, generation {timed.generation}"
    )


def _no_deadline(timed: Timed, reason: str) -> Said:
    title, limit = _title(timed), timed.target.amount if timed.target else None
    zh, en = (f"，时限 {limit.zh}", f", limit {limit.en}") if limit else ("", "")
    return Said(
        f"{title.zh}{zh}：无法推算届满时间（{reason}）", f"{title.en}{en}: this cannot be laid out ({reason})"
    )


_NOW, _DUE = Said("现在", "now"), Said("届满", "due")


def _known(reckoning: Reckoning, gaps: Sequence[Gap], now: int | None) -> int | None:
    """How far a paused clock can be laid out: to now, or to the beginning of its last pause."""
    begins = [gap.begin for gap in gaps if gap.end is None]
    return max(filter(None, (now, *begins)), default=reckoning.begin)


def _heads(calendar: Calendar, reckoning: Reckoning, wall: Wall) -> list[tuple[Said, Said]]:
    spec, hours = calendar.spec, hours_of(calendar)
    begins, due = reckoning.begin, reckoning.due
    found = [(Said("起算", "begins"), Said(wall.zh(begins), f"{wall.en(begins)} {spec.zone.key}"))]
    if reckoning.amount:
        found.append((Said("时限", "limit"), Said(reckoning.amount.zh, reckoning.amount.en)))
    found.append((Said("日历", "calendar"), Said(f"{spec.zh}：{hours.zh}", f"{spec.id}: {hours.en}")))
    found.append((_DUE, Said(wall.zh(due), wall.en(due)) if due is not None else UNTIL_KNOWN))
    return found


def _rule(timed: Timed, policies: Policies) -> list[tuple[Said, Said]]:
    state = (Said("状态", "state"), Said(timed.state.zh, timed.state.value))
    if timed.target is None:
        return [state]
    if timed.target.rule == ORDERED:
        return [state, (Said("规则", "rule"), Said("督办要求", "as a supervisor ordered"))]
    policy = policies.get(timed.target.policy)
    rule, held = policy.rule(timed.target.rule), ", ".join(timed.target.because) or "–"
    return [
        state,
        (
            Said("规则", "rule"),
            Said(f"{policy.id} · {rule.zh}", f"{policy.id} · {rule.id}: {rule.en} ({held})"),
        ),
        (Said("依据", "source"), Said(timed.target.source, timed.target.source)),
    ]


def _moves(timed: Timed, wall: Wall) -> list[tuple[Said, Said]]:
    """By which policy versions it went before, until when, and that its beginning stays."""
    return [(Said("变更规则", "policy changed"), _move(one, wall)) for one in timed.moves]


def _move(one: Moved, wall: Wall) -> Said:
    was = None if isinstance(one.limit, int) else one.limit.amount
    limit = Said(f"，原时限 {was.zh}", f", the limit was {was.en}") if was else Said("", "")
    return Said(
        f"{wall.zh(one.at)} 由 {one.from_version} 改用 {one.to_version}（{one.reason}）{limit.zh}；起算时间不变",
        f"{wall.en(one.at)} from {one.from_version} to {one.to_version} ({one.reason}){limit.en}; it begins as before",
    )


def _accounts(stretches: Sequence[Stretch], wall: Wall) -> list[tuple[Said, Said]]:
    """On whose account each stretch ran."""
    return [(Said("责任", "account"), Said(*_account(one, wall))) for one in stretches]


def _account(one: Stretch, wall: Wall) -> tuple[str, str]:
    until = (wall.zh(one.end), wall.en(one.end)) if one.end is not None else ("", "")
    did = _RUNNING[one.running.value]
    return (
        f"{wall.zh(one.begin)} – {until[0]} {one.charged_to} {did.zh}（{one.why}）",
        f"{wall.en(one.begin)} – {until[1]} {one.charged_to} {did.en} ({one.why})",
    )


_RUNNING = {
    "counts": Said("计时", "counts"),
    "paused": Said("暂停", "paused"),
    "done": Said("已完成", "done"),
}


def _by_days(calendar: Calendar, reckoning: Reckoning) -> bool:
    """Whether everything is counted in whole days."""
    units = [reckoning.amount.unit] if reckoning.amount else []
    units += [move.extension.amount.unit for move in reckoning.moves if move.extension]
    return calendar.spec.counting is Counting.CIVIL and set(units) == {LimitUnit.WORK_DAY}
