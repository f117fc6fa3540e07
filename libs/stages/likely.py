"""Suggested duplicates as people look at them: which earlier case, how far, how long apart, which words both use."""

from collections.abc import Iterable, Mapping
from uuid import UUID

from pydantic import BaseModel

from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.events.triage import DuplicatesSuggested, Likeness
from libs.casework.vocabulary import Stage

_MINUTE, _TWO_DAYS = 60_000_000, 2 * 24 * 60


class Likely(BaseModel):
    """An earlier case that may be the same; `score` between 0 and 1. `metres` None: not by points, but in one compound.

    `because` names the predicates that held; `zh` and `en` say all of it in a line. Nothing personal.
    """

    case_id: UUID
    number: str
    stage: Stage
    stage_zh: str
    score: float
    metres: int | None
    apart_minutes: int
    words: tuple[str, ...]
    because: tuple[str, ...]
    zh: str
    en: str


async def likely_duplicates(store: CaseStore, cases: Iterable[Case]) -> dict[UUID, list[Likely]]:
    """What was suggested last for each case, in two reads; cases of another office than its own are not shown."""
    own = {case.id: case for case in cases}
    found = await store.latest(own, DuplicatesSuggested.name())
    said = {case_id: sealed.entry.data for case_id, sealed in found.items()}
    wanted = {
        each.other for data in said.values() if isinstance(data, DuplicatesSuggested) for each in data.of
    }
    others = await store.load(wanted) if wanted else {}
    return {
        case_id: list(_shown(own[case_id], data.of, others))
        for case_id, data in said.items()
        if isinstance(data, DuplicatesSuggested)
    }


def _shown(case: Case, found: Iterable[Likeness], others: Mapping[UUID, Case]) -> Iterable[Likely]:
    for likeness in found:
        other = others.get(likeness.other)
        if other is not None and other.office == case.office:
            yield _likely(likeness, other)


def _likely(likeness: Likeness, other: Case) -> Likely:
    minutes = likeness.apart // _MINUTE
    zh, en = _line(likeness, minutes)
    return Likely(
        case_id=other.id,
        number=other.number,
        stage=other.stage,
        stage_zh=other.stage.zh,
        score=likeness.score,
        metres=likeness.metres,
        apart_minutes=minutes,
        words=likeness.words,
        because=likeness.because,
        zh=zh,
        en=en,
    )


def _line(likeness: Likeness, minutes: int) -> tuple[str, str]:
    here = likeness.metres is None
    place = (
        ("同一小区", "the same compound")
        if here
        else (f"相距 {likeness.metres} 米", f"{likeness.metres} m apart")
    )
    days = minutes // (24 * 60)
    time = (
        (f"相隔 {days} 天", f"{days} days apart")
        if minutes >= _TWO_DAYS
        else (f"相隔 {minutes} 分钟", f"{minutes} minutes apart")
    )
    words = "、".join(likeness.words)
    both = (f"都提到:{words}", f"both say: {words}") if words else ("用词不同", "no known word in common")
    return ",".join((place[0], time[0], both[0])), ", ".join((place[1], time[1], both[1]))
