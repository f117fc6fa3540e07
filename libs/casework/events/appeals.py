"""What units and those who decide say of marks that count against a unit (申诉). Said by dispatch, at whose doors units stand."""

from enum import StrEnum

from libs.casework.events.model import ContentRef, Event


class Mark(StrEnum):
    """What counts against a unit, and may be appealed: a return, a failed check, a deadline that passed."""

    RETURN = "return"
    REWORK = "rework"
    OVERDUE = "overdue"

    @property
    def zh(self) -> str:
        """The mark in Chinese, as units say it."""
        return _MARK_ZH[self]


_MARK_ZH = {Mark.RETURN: "退单", Mark.REWORK: "返工", Mark.OVERDUE: "超时"}


class Appealed(Event):
    """A unit finds a mark unjust (申诉): the entry at seq `entry` of this log. Known by its own seq. Commutes."""

    TYPE = "appealed"
    ZH = "申诉"
    ALWAYS = frozenset({"mark", "entry", "reason"})

    mark: Mark
    entry: int
    unit: str
    reason: str
    words: ContentRef | None = None


class AppealDecided(Event):
    """Somebody without a part in the case decided the appeal that stands at seq `appeal` (申诉裁定). Commutes.

    `upheld`: the mark does not count; it stays in the log, and figures may leave it out.
    """

    TYPE = "appeal_decided"
    ZH = "申诉裁定"
    ALWAYS = frozenset({"appeal", "upheld", "reason"})

    appeal: int
    upheld: bool
    reason: str
    words: ContentRef | None = None


APPEALS = (Appealed, AppealDecided)
