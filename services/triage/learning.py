"""Corrections between the clerk and the next refit: found in the log, judged by an administrator, read when it refits.

Kept in `triage_corrections`: {_id: case id, was, category, urgency, at, state, judged_by, judged_at}, times in µs UTC. No words: these
stay where they are, under the key of their case, and go with it.
"""

import math
from collections.abc import Callable, Sequence
from enum import StrEnum
from typing import Any, NamedTuple
from uuid import UUID

from bson.int64 import Int64
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.content import ContentVault
from libs.casestore.schema import CORRECTIONS
from libs.casestore.store import CaseStore
from libs.casework.entry import Entry
from libs.casework.events.triage import Classified
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Urgency
from libs.casework.wire import instant
from services.triage.corrections import BY_HAND, Correction, correction_in, lesson
from services.triage.reviewed import Example

MOST = 2000
"""Corrections that are learned at most: the reviewed examples are 7,000 and are not drowned, and the start stays short."""
TEXT, JUDGING = "text", "judge_correction"


class State(StrEnum):
    """What became of a correction."""

    OPEN = "open"
    ACCEPTED = "accepted"
    DROPPED = "dropped"


class Judged(NamedTuple):
    """A correction and what became of it."""

    correction: Correction
    state: State


class Listed(NamedTuple):
    """Corrections, and how far back they were looked for (µs UTC; None: as far as was asked)."""

    judged: list[Judged]
    back_to: int | None


class Learning:
    """Lists, judges, and reads what was accepted, the newest `most`. `clock` gives µs UTC."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        store: CaseStore,
        vault: ContentVault,
        clock: Callable[[], int],
        most: int = MOST,
    ) -> None:
        self._most = most
        self._kept, self._store, self._vault, self._clock = database[CORRECTIONS], store, vault, clock

    async def listed(self, since: int, limit: int, before: int | None = None) -> Listed:
        """The newest corrections that were made from `since` up to `before` (µs UTC). Judged ones keep their place."""
        said = await self._store.said_since(since, Classified.name(), BY_HAND, limit, before)
        logs = await self._store.logs(said.case_ids)
        begin, end = said.back_to or since, before or math.inf
        # One whose last correction lies outside stands on another page, or on none.
        found = [one for log in logs.values() if (one := correction_in(log)) and begin <= one.at < end]
        wanted = {"_id": {"$in": [one.case_id for one in found]}}
        known = {each["_id"]: each async for each in self._kept.find(wanted)}
        listed = [Judged(one, _state(one, known.get(one.case_id))) for one in found]
        return Listed(sorted(listed, key=lambda one: -one.correction.at), said.back_to)

    async def judge(self, case_id: UUID, at: int, state: State, by: str) -> Judged | Refusal:
        """Accept or drop the correction that was made `at` (µs UTC): none other than the one that was shown. The last word
        counts, twice changes nothing."""
        found = correction_in((await self._store.logs([case_id])).get(case_id, []))
        if found is None:
            return Refusal(Why.UNKNOWN_CASE, f"no correction of case {case_id}", attempted=JUDGING)
        if found.at != at:
            newer = f"case {case_id} was corrected again at {instant(found.at)}: {found.category}"
            return Refusal(Why.STALE, newer, None, JUDGING, (instant(found.at),), "at")
        said = {
            "was": found.was,
            "category": found.category,
            "urgency": found.urgency.value,
            "at": Int64(found.at),
            "state": state.value,
            "judged_by": by,
            "judged_at": Int64(self._clock()),
        }
        await self._kept.update_one({"_id": case_id}, {"$set": said}, upsert=True)
        return Judged(found, state)

    async def lessons(self) -> Sequence[Example]:
        """The newest accepted corrections, their words freed of what names a person. Erased cases teach nothing any more, nor
        do those that were corrected again since."""
        accepted = self._kept.find({"state": State.ACCEPTED.value}).sort("at", -1).limit(self._most)
        kept = sorted(await accepted.to_list(), key=lambda each: each["_id"].bytes)
        cases = await self._store.load([each["_id"] for each in kept])
        refs = {case.id: [ref for ref in case.contents if ref.kind == TEXT] for case in cases.values()}
        words = await self._vault.read(refs)
        logs = await self._store.logs(refs)
        return [
            lesson(text.decode(), each["category"], Urgency(each["urgency"]))
            for each in kept
            if _still_said(each, logs.get(each["_id"], []))
            for ref in refs.get(each["_id"], ())
            if (text := words.get(ref.id)) is not None
        ]


def _still_said(kept: dict[str, Any], log: Sequence[Entry]) -> bool:
    """Whether what was judged is what the clerks say: not corrected again since."""
    found = correction_in(log)
    return found is not None and found.at == kept["at"]


def _state(found: Correction, kept: dict[str, Any] | None) -> State:
    """Corrected again after it was judged, it is open again."""
    return State(kept["state"]) if kept and kept["at"] == found.at else State.OPEN
