"""What a resident sees of a case with its receipt code: number, stage, when it reached which, what was written for them.

What was merged is followed in the case that goes on, what was split in each of its parts.
"""

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import NamedTuple
from uuid import UUID

from pydantic import BaseModel

from libs.casework.case import Case
from libs.casework.draft import Sealed
from libs.casework.events.dispatch import Noted
from libs.casework.events.model import ContentRef
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


class Course(BaseModel):
    """Where a case stands, how it got there, and once it is at an end what the office says."""

    number: str
    stage: Stage
    stage_zh: str
    stages: list[Reached]
    reply: Answered | None = None


class Remark(BaseModel):
    """What there is to say beside the stage, in both languages."""

    zh: str
    en: str


class PublicNote(BaseModel):
    """What the office or a unit has written for the reporter to read (RFC 3339, UTC)."""

    at: str
    words: str


class Tracking(Course):
    """A report's own case, the one that it goes on in, those that were split from it, and what was written for its reporter.

    `expected`: by when it should be mended or else closed (RFC 3339, UTC); None: no time is promised, or the case has ended.
    """

    expected: str | None = None
    merged_into: Course | None = None
    split_into: list[Course] = []
    remarks: list[Remark] = []
    notes: list[PublicNote] = []


class Told(NamedTuple):
    """A case with its log."""

    case: Case
    log: Sequence[Sealed]


def for_the_reporter(log: Sequence[Sealed]) -> tuple[ContentRef, ...]:
    """The notes in a case's log that its reporter may read."""
    return tuple(data.words for sealed in log if (data := _public_note(sealed)))


def tracking(
    answers: Answers,
    own: Told,
    original: Told | None = None,
    parts: Sequence[Told] = (),
    words: Mapping[UUID, bytes | None] = MappingProxyType({}),
    expected: int | None = None,
) -> Tracking:
    """The public tracking of a case from its log, with what it was merged into and what was split from it.

    `words`: what its public notes say, by content id; what was erased is left out. `expected` in µs UTC.
    """
    return Tracking(
        expected=None if expected is None else instant(expected),
        **dict(course(own, answers)),
        merged_into=course(original, answers) if original and may_be_shown(own.case, original.case) else None,
        split_into=[course(part, answers) for part in parts],
        remarks=list(_remarks(own.case, original, len(parts))),
        notes=list(_notes(own.log, words)),
    )


def course(told: Told, answers: Answers) -> Course:
    """The stages of one case, each entry into one once."""
    stages: list[Reached] = []
    for sealed in told.log:
        entry = sealed.entry
        if not stages or stages[-1].stage is not entry.stage:
            stages.append(Reached(stage=entry.stage, stage_zh=entry.stage.zh, at=instant(entry.at)))
    case = told.case
    text = answers.of(case, told.log)
    reply = Answered(zh=text.zh, en=text.en) if text else None
    return Course(number=case.number, stage=case.stage, stage_zh=case.stage.zh, stages=stages, reply=reply)


def may_be_shown(own: Case, original: Case) -> bool:
    """A case that has become private since is not shown to who reported a public one."""
    return original.public or not own.public


def _public_note(sealed: Sealed) -> Noted | None:
    data = sealed.entry.data
    return data if isinstance(data, Noted) and data.public else None


def _notes(log: Sequence[Sealed], words: Mapping[UUID, bytes | None]) -> Iterable[PublicNote]:
    for sealed in log:
        note = _public_note(sealed)
        said = words.get(note.words.id) if note else None
        if said is not None:
            yield PublicNote(at=instant(sealed.entry.at), words=said.decode())


def _remarks(case: Case, original: Told | None, parts: int) -> Sequence[Remark]:
    said: list[Remark] = []
    if case.stage is Stage.MERGED:
        said.append(_merged(case, original))
    if case.stage is Stage.WITHDRAWN:
        said.append(Remark(zh="已按上报人的要求撤回,不再办理", en="taken back as its reporter asked"))
    if parts:
        said.append(
            Remark(
                zh=f"其中 {parts} 件事已另立案件,分别办理",
                en=f"{parts} of its matters are cases of their own now",
            )
        )
    return said


def _merged(case: Case, original: Told | None) -> Remark:
    if original is None or not may_be_shown(case, original.case):
        return Remark(zh="与另一案件反映的是同一问题,并案办理", en="the same as another case, which goes on")
    number, stage = original.case.number, original.case.stage
    return Remark(
        zh=f"与 {number} 反映的是同一问题,并案办理;该案目前:{stage.zh}",
        en=f"the same as {number}, which goes on and is {stage} now",
    )
