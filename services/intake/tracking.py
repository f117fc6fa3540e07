"""What a resident sees of a case with its receipt code: number, stage, when it reached which. Nothing personal."""

from collections.abc import Sequence

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.vocabulary import Stage
from libs.casework.wire import instant
from services.intake.replying import Answers


class Reached(BaseModel):
    """A stage, in the system's word and the office's, and when the case came to it (RFC 3339, UTC)."""

    stage: Stage
    stage_zh: str
    at: str


class Answered(BaseModel):
    """What the office says at the end (答复), in both languages."""

    zh: str
    en: str


class Tracking(BaseModel):
    """Where a case stands, how it got there, and once it is at an end what the office says."""

    number: str
    stage: Stage
    stage_zh: str
    stages: list[Reached]
    reply: Answered | None


def tracking(case: Case, log: Sequence[Sealed], answers: Answers) -> Tracking:
    """The public tracking of a case from its log."""
    stages: list[Reached] = []
    for sealed in log:
        entry = sealed.entry
        if not stages or stages[-1].stage is not entry.stage:
            stages.append(Reached(stage=entry.stage, stage_zh=entry.stage.zh, at=instant(entry.at)))
    text = answers.of(case, log)
    reply = Answered(zh=text.zh, en=text.en) if text else None
    return Tracking(number=case.number, stage=case.stage, stage_zh=case.stage.zh, stages=stages, reply=reply)
