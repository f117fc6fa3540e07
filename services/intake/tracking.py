"""What a resident sees of a case with its receipt code: number, stage, when it reached which. Nothing personal."""

from collections.abc import Sequence

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.vocabulary import Stage
from libs.casework.wire import instant


class Reached(BaseModel):
    """A stage, in the system's word and the office's, and when the case came to it (RFC 3339, UTC)."""

    stage: Stage
    stage_zh: str
    at: str


class Tracking(BaseModel):
    """Where a case stands, and how it got there.

    `expected`: by when it should be mended or else closed (RFC 3339, UTC); None: no time is promised, or the case has ended.
    """

    number: str
    stage: Stage
    stage_zh: str
    stages: list[Reached]
    expected: str | None = None


def tracking(case: Case, log: Sequence[Sealed], expected: int | None = None) -> Tracking:
    """The public tracking of a case from its log; `expected` in µs UTC."""
    stages: list[Reached] = []
    for sealed in log:
        entry = sealed.entry
        if not stages or stages[-1].stage is not entry.stage:
            stages.append(Reached(stage=entry.stage, stage_zh=entry.stage.zh, at=instant(entry.at)))
    return Tracking(
        number=case.number,
        stage=case.stage,
        stage_zh=case.stage.zh,
        stages=stages,
        expected=None if expected is None else instant(expected),
    )
