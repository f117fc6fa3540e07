"""The desk: runs commands against the case log. The same for one request and for a batch of five hundred records."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casestore.content import CaseKey, ContentVault, StoredContent
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtRev, Change, Expect, Speaker, Whatever
from libs.casework.entry import Entry
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Command, Decision, Sealed, waves
from libs.stages.outcome import Done, Outcome
from libs.stages.scope import hidden, outside

TRIES = 3
"""How often a command is decided that the case's log moves away from: what somebody else does meanwhile is no conflict for
who has not said what they saw."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    cases: Mapping[UUID, Case]
    keys: Mapping[UUID, CaseKey]
    photos: Mapping[UUID, ContentRef]
    logs: Mapping[UUID, Sequence[Entry]]


class CommandDesk:
    """Carries out commands that one service owns."""

    def __init__(
        self, service: Service, store: CaseStore, vault: ContentVault, photos: PhotoStore | None = None
    ) -> None:
        self._service = service
        self._store = store
        self._vault = vault
        self._photos = photos

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome for each command, in their order. Raises `StoreAway` when the database stays away."""
        outcomes: dict[int, Outcome] = {}
        for wave in waves(commands):
            outcomes |= zip(wave, await self._run_wave([commands[index] for index in wave]), strict=True)
        return [outcomes[index] for index in range(len(commands))]

    async def _run_wave(self, commands: Sequence[Command], tries: int = TRIES) -> list[Outcome]:
        outcomes = await self._run_once(commands)
        moved = [index for index, each in enumerate(outcomes) if _moved_on(commands[index], each)]
        if moved and tries > 1:
            again = await self._run_wave([commands[index] for index in moved], tries - 1)
            for index, outcome in zip(moved, again, strict=True):
                outcomes[index] = outcome
        return outcomes

    async def _run_once(self, commands: Sequence[Command]) -> list[Outcome]:
        loaded = await self._load(commands)
        proposals = [self._propose(command, loaded) for command in commands]
        appends = [each for each in proposals if isinstance(each, Append)]
        results = iter(await self._store.append_many(appends))
        outcomes = [
            next(results) if isinstance(proposal, Append) else await self._maybe_done(command, proposal)
            for command, proposal in zip(commands, proposals, strict=True)
        ]
        return [_outcome(command, result) for command, result in zip(commands, outcomes, strict=True)]

    async def _load(self, commands: Sequence[Command]) -> _Loaded:
        written = [command.case_id for command in commands if command.body.texts()]
        shown = {photo: command.case_id for command in commands for photo in command.body.photos()}
        cases, keys, photos = await asyncio.gather(
            self._store.load([command.case_id for command in commands]),
            self._vault.keys(written) if written else _no_keys(),
            self._photos.refs(shown) if shown and self._photos else _no_photos(),
        )
        # After the cases, so that a log is never older than its case.
        by_log = [command.case_id for command in commands if command.kind.by_log]
        return _Loaded(cases, keys, photos, await self._store.logs(by_log) if by_log else {})

    def _propose(self, command: Command, loaded: _Loaded) -> Append | Refusal:
        case = loaded.cases.get(command.case_id)
        if case is None:
            return Refusal(
                Why.UNKNOWN_CASE, f"no case {command.case_id}", None, command.kind.name, field="subject"
            )
        refused = _out_of_reach(case, command) or _missing(command, loaded, case)
        if refused:
            return refused
        sealed, contents = _seal(command, loaded)
        decision = _decide(command, case, sealed, loaded)
        if isinstance(decision, Refusal):
            return decision
        change = Change(command.case_id, _expect(command, case), decision, command.happened_at)
        speaker = Speaker(self._service, command.actor, command.trace)
        return Append((change,), speaker, command.key, command.fingerprint, contents, seen=(case,))

    async def _maybe_done(self, command: Command, refusal: Refusal) -> Appended | Refusal:
        """A retry of what was done long ago is refused by the rules by now: it is still "already done"."""
        return await self._store.answered(command.key, command.fingerprint) or refusal


def _out_of_reach(case: Case, command: Command) -> Refusal | None:
    actor = command.actor
    return hidden(case, actor) or outside(case, actor, command.area, command.kind.name)


def _missing(command: Command, loaded: _Loaded, case: Case) -> Refusal | None:
    name = command.kind.name
    if command.body.texts() and command.case_id not in loaded.keys:
        return Refusal(Why.ERASED, "the personal content of this case was erased", case.stage, name)
    for photo in command.body.photos():
        if photo not in loaded.photos:
            return Refusal(Why.INVALID, f"no photo {photo} at this case", case.stage, name, field="evidence")
    return None


def _decide(command: Command, case: Case, sealed: Sealed, loaded: _Loaded) -> Decision:
    given: tuple[Any, ...] = (case, command.actor, command.body, sealed)
    if not command.kind.by_log:
        return command.kind.decide(*given)
    log = loaded.logs.get(command.case_id)
    if log is None:
        detail = f"the log of case {command.case_id} was damaged, or written by a later version"
        return Refusal(Why.UNKNOWN_EVENT, detail, case.stage, command.kind.name)
    return command.kind.decide(*given, log)


def _expect(command: Command, case: Case) -> Expect:
    if command.rev is not None:
        return AtRev(command.rev)
    return AtRev(case.rev) if command.kind.by_log else Whatever()


def _moved_on(command: Command, outcome: Outcome) -> bool:
    stale = isinstance(outcome, Refusal) and outcome.code is Why.STALE
    return stale and command.kind.by_log and command.rev is None


def _seal(command: Command, loaded: _Loaded) -> tuple[Sealed, tuple[StoredContent, ...]]:
    texts = command.body.texts()
    photos = tuple(loaded.photos[photo] for photo in command.body.photos())
    if not texts:
        return Sealed((), photos), ()
    key = loaded.keys[command.case_id]
    pairs = [key.seal(text.kind, uuid7(), text.words.encode()) for text in texts]
    return Sealed(tuple(ref for ref, _ in pairs), photos), tuple(stored for _, stored in pairs)


def _outcome(command: Command, result: Appended | Refusal) -> Outcome:
    if isinstance(result, Refusal):
        return result
    span = result.spans[0]
    return Done(command.case_id, span.last_seq, span.rev, result.already)


async def _no_keys() -> dict[UUID, CaseKey]:
    return {}


async def _no_photos() -> dict[UUID, ContentRef]:
    return {}
