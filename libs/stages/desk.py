"""The desk: runs commands against the case log. The same for one request and for a batch of five hundred records."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casestore.content import CaseKey, ContentVault, StoredContent
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtRev, AtSeq, Change, Expect, Speaker, Whatever, unexpected
from libs.casework.entry import Entry
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Command, Sealed, waves
from libs.stages.joint import Joint, cases_in, changes_of
from libs.stages.outcome import Done, Outcome
from libs.stages.scope import hidden, out_of_reach

TRIES = 5
"""How often a command that is decided on an exact log, or on several cases, is decided again because they moved on meanwhile."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    cases: Mapping[UUID, Case]
    logs: Mapping[UUID, list[Entry]]
    keys: Mapping[UUID, CaseKey]
    photos: Mapping[UUID, ContentRef]


class _Answer(NamedTuple):
    """`outrun`: what it was decided on has moved on before it was written, so it is decided again."""

    outcome: Outcome
    outrun: bool = False


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
            outcomes |= await self._settled({index: commands[index] for index in wave})
        return [outcomes[index] for index in range(len(commands))]

    async def _settled(self, wave: Mapping[int, Command]) -> dict[int, Outcome]:
        outcomes, left, tries = dict[int, Outcome](), dict(wave), 0
        while left and tries < TRIES:
            answers = dict(zip(left, await self._run_wave(list(left.values())), strict=True))
            outcomes |= {index: answer.outcome for index, answer in answers.items()}
            left = {index: each for index, each in left.items() if answers[index].outrun}
            tries += 1
        return outcomes

    async def _run_wave(self, commands: Sequence[Command]) -> list[_Answer]:
        loaded = await self._load(commands)
        proposals = [self._propose(command, loaded) for command in commands]
        appends = [each for each in proposals if isinstance(each, Append)]
        results = iter(await self._store.append_many(appends))
        outcomes = [
            next(results) if isinstance(proposal, Append) else await self._maybe_done(command, proposal)
            for command, proposal in zip(commands, proposals, strict=True)
        ]
        return [
            _answer(command, proposal, result)
            for command, proposal, result in zip(commands, proposals, outcomes, strict=True)
        ]

    async def _load(self, commands: Sequence[Command]) -> _Loaded:
        written = [command.case_id for command in commands if command.body.texts()]
        shown = {photo: command.case_id for command in commands for photo in command.body.photos()}
        names = {name for each in commands for name in (each.case_id, *each.body.others())}
        on_logs = [command.case_id for command in commands if command.kind.reads_log]
        cases, logs, keys, photos = await asyncio.gather(
            self._store.load_with_originals(names),
            self._store.logs(on_logs) if on_logs else _no_logs(),
            self._vault.keys(written) if written else _no_keys(),
            self._photos.refs(shown) if shown and self._photos else _no_photos(),
        )
        return _Loaded(cases, logs, keys, photos)

    def _propose(self, command: Command, loaded: _Loaded) -> Append | Done | Refusal:
        case = loaded.cases.get(command.case_id)
        if case is None:
            return Refusal(
                Why.UNKNOWN_CASE, f"no case {command.case_id}", None, command.kind.name, field="subject"
            )
        refused = _out_of_reach(case, command) or _missing(command, loaded, case)
        if refused:
            return refused
        sealed, contents = _seal(command, loaded)
        log = (loaded.logs[case.id],) if command.kind.reads_log else ()
        decision = command.kind.decide(case, command.actor, command.body, sealed, *log)
        if isinstance(decision, Refusal):
            return decision
        if not decision:
            return Done(case.id, case.seq, case.rev, already=True)
        expect = _expected(command, case, *log, joint=isinstance(decision, Joint))
        changes = changes_of(case, expect, decision, command.happened_at)
        speaker = Speaker(self._service, command.actor, command.trace)
        seen = cases_in(case, decision)
        return Append(changes, speaker, command.key, command.fingerprint, contents, seen=seen)

    async def _maybe_done(self, command: Command, answer: Done | Refusal) -> Appended | Done | Refusal:
        """A retry of what was done long ago is refused by the rules by now: it is still "already done"."""
        return await self._store.answered(command.key, command.fingerprint) or answer


def _out_of_reach(case: Case, command: Command) -> Refusal | None:
    return out_of_reach(case, command.actor, command.area, command.kind.name)


def _missing(command: Command, loaded: _Loaded, case: Case) -> Refusal | None:
    name = command.kind.name
    for other in command.body.others():
        there = loaded.cases.get(other)
        if there is None or hidden(there, command.actor):
            return Refusal(Why.UNKNOWN_CASE, f"no case {other}", case.stage, name)
    if command.kind.reads_log:
        if case.id not in loaded.logs:
            return Refusal(
                Why.UNKNOWN_EVENT, "this version cannot read the log of this case", case.stage, name
            )
        if command.rev is not None and (stale := unexpected(case, Change(case.id, AtRev(command.rev), ()))):
            return stale
    if command.body.texts() and command.case_id not in loaded.keys:
        return Refusal(Why.ERASED, "the personal content of this case was erased", case.stage, name)
    for photo in command.body.photos():
        if photo not in loaded.photos:
            return Refusal(Why.INVALID, f"no photo {photo} at this case", case.stage, name, field="evidence")
    return None


def _seal(command: Command, loaded: _Loaded) -> tuple[Sealed, tuple[StoredContent, ...]]:
    texts = command.body.texts()
    photos = tuple(loaded.photos[photo] for photo in command.body.photos())
    if not texts:
        return Sealed((), photos, loaded.cases), ()
    key = loaded.keys[command.case_id]
    pairs = [key.seal(text.kind, uuid7(), text.words.encode()) for text in texts]
    refs = tuple(ref for ref, _ in pairs)
    return Sealed(refs, photos, loaded.cases), tuple(stored for _, stored in pairs)


def _expected(command: Command, case: Case, log: list[Entry] | None = None, *, joint: bool) -> Expect:
    """What was decided on, where that has to be exact; otherwise what the person saw, and without that the table judges."""
    if log is not None:
        # Case and log are two reads: where one is behind the other, it was outrun in between.
        return AtSeq(min(case.seq, log[-1].seq))
    if command.rev is not None:
        return AtRev(command.rev)
    return AtRev(case.rev) if joint else Whatever()


def _answer(
    command: Command, proposal: Append | Done | Refusal, result: Appended | Done | Refusal
) -> _Answer:
    if isinstance(result, Refusal):
        return _Answer(result, _outrun(command, proposal, result))
    if isinstance(result, Done):
        return _Answer(result)
    span = result.spans[0]
    return _Answer(Done(command.case_id, span.last_seq, span.rev, result.already))


def _outrun(command: Command, proposal: Append | Done | Refusal, refused: Refusal) -> bool:
    """Whether somebody else spoke between our reading and our writing. What the person has not seen is not decided for them."""
    if refused.code is not Why.STALE or not isinstance(proposal, Append):
        return False
    exact = command.kind.reads_log or len(proposal.changes) > 1
    return exact and command.rev in (None, proposal.seen[0].rev)


async def _no_logs() -> dict[UUID, list[Entry]]:
    return {}


async def _no_keys() -> dict[UUID, CaseKey]:
    return {}


async def _no_photos() -> dict[UUID, ContentRef]:
    return {}
