"""The words of explanations, in both languages: one sentence for each move of a deadline, a few for each day."""

from typing import NamedTuple

from libs.casework.calendar.amount import Amount
from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.spec import Counting
from libs.casework.categories import LimitUnit
from libs.casework.deadlines.explain.wall import Wall, length
from libs.casework.deadlines.intervals import Interval, Kind
from libs.casework.deadlines.reckoning import Cause, Move, Reckoning


class Said(NamedTuple):
    """One thing in Chinese and in English."""

    zh: str
    en: str


PAUSES = {
    "suspension": Said("挂账", "suspension"),
    "waiting_on_resident": Said("等待居民", "waiting on the resident"),
    "resolved.v1": Said("已反馈待核查", "reported done, being checked"),
    "pause": Said("暂停", "pause"),
}
KINDS = {
    Kind.COUNTED: Said("计", "counted"),
    Kind.FIRST_DAY: Said("首日不计", "the first day does not count"),
    Kind.CLOSED: Said("非工作时段", "closed"),
    Kind.WEEKEND: Said("周末", "weekend"),
    Kind.HOLIDAY: Said("节假日", "holiday"),
    Kind.CUT: Said("下班时未在计时，该日不计", "not running when business ended: the day does not count"),
    Kind.UNDER_WAY: Said("尚未下班", "business has not ended yet"),
    Kind.PAUSED: Said("暂停", "paused"),
}
MADE_UP = Said("调休上班", "make-up workday")


def remark(one: Interval) -> Said:
    """Why an interval does not count; a holiday and a pause by name."""
    if one.kind is Kind.HOLIDAY and one.holiday:
        return Said(f"{one.holiday[0]}放假", f"holiday: {one.holiday[1]}")
    return PAUSES.get(one.why or "", KINDS[one.kind]) if one.kind is Kind.PAUSED else KINDS[one.kind]


def hours_of(calendar: Calendar) -> Said:
    """What a calendar goes by, in a line."""
    spec = calendar.spec
    dated = [
        (f"{hours.since} 起 " if hours.since else "", ", ".join(map(str, hours.windows)))
        for hours in spec.hours
    ]
    windows = "; ".join(since + text for since, text in dated)
    windows_en = windows.replace(" 起 ", " on: ")
    days = (
        Said("法定节假日及调休", "national holidays and make-up workdays")
        if spec.tables is not None
        else Said("无节假日表", "no holidays")
    )
    return Said(f"{windows}；{days.zh}", f"{windows_en}; {days.en}")


def how_counted(amount: Amount, calendar: Calendar) -> Said:
    """How the amount is counted."""
    if amount.unit.around_the_clock:
        return Said("昼夜连续计时", "counted around the clock")
    if amount.unit is LimitUnit.WORK_HOUR:
        return Said("只计工作时段", "only working windows count")
    return _DAYS[calendar.spec.counting](calendar.spec.hours_a_day)


_DAYS = {
    Counting.CIVIL: lambda hours: Said(
        "当日不计入，自下一工作日起计，末日下班时届满（民法典第二百零一条、第二百零三条）",
        "the first day does not count, the last ends when business ends (Civil Code, arts. 201 and 203)",
    ),
    Counting.ELAPSED: lambda hours: Said(
        "顺延相应工作日至同一时刻", "the same time of day so many workdays later"
    ),
    Counting.HOURS: lambda hours: Said(f"每工作日折合 {hours} 工作时", f"a workday is {hours} working hours"),
}


def sentences(reckoning: Reckoning, calendar: Calendar) -> tuple[Said, ...]:
    """One sentence for each move, in order."""
    wall, unit = (
        Wall(calendar.spec.zone),
        reckoning.amount.unit if reckoning.amount else LimitUnit.URGENT_HOUR,
    )
    found = []
    for move in reckoning.moves:
        if move.extension:
            unit = move.extension.amount.unit
        found.append(_SENTENCES[move.cause](move, reckoning, calendar, wall, unit))
    return tuple(found)


def _limit(move: Move, reckoning: Reckoning, calendar: Calendar, wall: Wall, unit: LimitUnit) -> Said:
    amount, after = reckoning.amount, move.after
    assert amount is not None, "only an agreed instant has none"
    assert after is not None, "a limit ends"
    how = how_counted(amount, calendar)
    return Said(
        f"自 {wall.zh(move.before)} 起计 {amount.zh}（{how.zh}）：{wall.zh(after)} 届满。",
        f"{amount.en} from {wall.en(move.before)} ({how.en}): due {wall.en(after)}.",
    )


def _agreed(move: Move, reckoning: Reckoning, calendar: Calendar, wall: Wall, unit: LimitUnit) -> Said:
    after = move.after or move.before
    return Said(
        f"约定于 {wall.zh(after)} 届满，暂停不影响约定。",
        f"Agreed: due {wall.en(after)}; no pause moves what was agreed.",
    )


def _pause(move: Move, reckoning: Reckoning, calendar: Calendar, wall: Wall, unit: LimitUnit) -> Said:
    gap = move.gap
    assert gap is not None, "a pause is a gap"
    name = PAUSES.get(gap.why, Said(gap.why, gap.why))
    if gap.end is None or move.after is None:
        return Said(
            f"自 {wall.zh(gap.begin)} 起{name.zh}，尚未结束：届满时间待恢复后确定。",
            f"{name.en.capitalize()} since {wall.en(gap.begin)} and not over: when it is due is known once it goes on.",
        )
    held = _held(move.before, move.after, calendar, unit)
    if move.before == move.after:
        return Said(
            f"{name.zh} {wall.zh(gap.begin)} 至 {wall.zh(gap.end)}：期间本不计时，届满时间不变。",
            f"{name.en.capitalize()} from {wall.en(gap.begin)} to {wall.en(gap.end)}: nothing would have counted in it, so the deadline stays.",
        )
    return Said(
        f"{name.zh} {wall.zh(gap.begin)} 至 {wall.zh(gap.end)}：期间本应计 {held.zh}，届满时间由 {wall.zh(move.before)} 顺延至 {wall.zh(move.after)}。",
        f"{name.en.capitalize()} from {wall.en(gap.begin)} to {wall.en(gap.end)}: {held.en} would have counted in it, so the deadline moves from {wall.en(move.before)} to {wall.en(move.after)}.",
    )


def _extension(move: Move, reckoning: Reckoning, calendar: Calendar, wall: Wall, unit: LimitUnit) -> Said:
    extension, after = move.extension, move.after
    assert extension is not None, "the move is by it"
    assert after is not None, "an extension ends"
    how = how_counted(extension.amount, calendar)
    return Said(
        f"经 {extension.approver} 批准延期 {extension.amount.zh}（{extension.reason}），自原届满时间起计（{how.zh}）：由 {wall.zh(move.before)} 延至 {wall.zh(after)}。",
        f"Extended by {extension.amount.en} ({extension.reason}), approved by {extension.approver}, from the old deadline on ({how.en}): from {wall.en(move.before)} to {wall.en(after)}.",
    )


_SENTENCES = {Cause.LIMIT: _limit, Cause.AGREED: _agreed, Cause.PAUSE: _pause, Cause.EXTENSION: _extension}


def _held(before: int, after: int, calendar: Calendar, unit: LimitUnit) -> Said:
    """What a pause held back: so many workdays, or so much time."""
    if unit.around_the_clock:
        return Said(length(after - before), length(after - before))
    if unit is LimitUnit.WORK_DAY and calendar.spec.counting is Counting.CIVIL:
        days = calendar.timeline.closings(before, after)
        return Said(f"{days} 个工作日", f"{days} workday{'' if days == 1 else 's'}")
    worked = length(calendar.timeline.worked(before, after))
    return Said(f"工作时段 {worked}", f"{worked} of working time")
