"""What a resident is told of a case that has come to an end: a text of `data/replies.yaml`, filled in. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from libs.casework.calendar.zones import local
from libs.casework.case import Case
from libs.casework.closing import Terms
from libs.casework.draft import Sealed
from libs.casework.events.closure import Closed
from libs.casework.events.triage import Rejected
from libs.casework.reasons import Reasons
from libs.casework.replies import Outcome, Replies, Reply
from libs.casework.vocabulary import Stage
from libs.stages.names import Directory, Name

_ENDS = {
    Stage.REJECTED: Outcome.REJECTED,
    Stage.MERGED: Outcome.MERGED,
    Stage.WITHDRAWN: Outcome.WITHDRAWN,
    Stage.CLOSED: Outcome.CLOSED,
}
_UNNAMED = {
    "office": Name(zh="街道办", en="the office"),
    "category": Name(zh="其他", en="other matters"),
    "unit": Name(zh="相关单位", en="the unit in charge"),
    "reason": Name(zh="不符合立案条件", en="it does not meet the conditions"),
}
"""For what the reviewed data does not name any more."""


@dataclass(frozen=True, slots=True)
class Answers:
    """The texts, and what fills them in."""

    replies: Replies
    terms: Terms
    reasons: Reasons
    directory: Directory

    def of(self, case: Case, log: Sequence[Sealed]) -> Reply | None:
        """The text for the case, both languages; None while it is open."""
        if case.stage not in _ENDS:
            return None
        outcome = outcome_of(case, log)
        text = self.replies.of(outcome, case.category, public=case.public)
        return text.filled({name: self._value(name, case, log) for name in text.placeholders})

    def _value(self, name: str, case: Case, log: Sequence[Sealed]) -> Reply:
        known = {"number": lambda: _same(case.number), "on": lambda: self._day(case, case.stage_at)}
        if name in known:
            return known[name]()
        if name == "reopen_until":
            until = self.terms.reopen_until(case.category, case.closed_at or case.stage_at, resident=True)
            return self._day(case, until)
        found = self._names(case, log)[name] or _UNNAMED[name]
        return Reply.model_construct(zh=found.zh, en=found.en)

    def _names(self, case: Case, log: Sequence[Sealed]) -> Mapping[str, Name | None]:
        office = self.directory.book.offices.get(case.office)
        return {
            "office": Name(zh=office.zh, en=office.en) if office else None,
            "category": self.directory.category(case.category),
            "unit": self.directory.unit(case.lead),
            "reason": self._reason(log),
        }

    def _reason(self, log: Sequence[Sealed]) -> Name | None:
        said = [sealed.entry.data for sealed in log if isinstance(sealed.entry.data, Rejected)]
        found = self.reasons.get("rejected", said[-1].reason) if said else None
        return Name(zh=found.zh, en=found.en) if found else None

    def _day(self, case: Case, at: int) -> Reply:
        """The day on the wall of the office."""
        office = self.directory.book.offices.get(case.office)
        day = local(at, ZoneInfo(office.timezone if office else "UTC"))
        return Reply.model_construct(zh=f"{day.year}年{day.month}月{day.day}日", en=f"{day:%Y-%m-%d}")


def outcome_of(case: Case, log: Sequence[Sealed]) -> Outcome:
    """How the case, which is not open any more, came to its end."""
    outcome = _ENDS[case.stage]
    closed = [sealed.entry.data for sealed in log if isinstance(sealed.entry.data, Closed)]
    by_rule = outcome is Outcome.CLOSED and closed and closed[-1].rule
    return Outcome.CLOSED_BY_RULE if by_rule else outcome


def _same(text: str) -> Reply:
    return Reply.model_construct(zh=text, en=text)
