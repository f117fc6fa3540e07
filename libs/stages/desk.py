"""The desk: runs commands against the case log. The same for one request and for a batch of five hundred records."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casestore.content import CaseKey, ContentVault, StoredContent
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.case import Case
from libs.casework.draft import AtRev, Expect, Speaker, Whatever
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Command, Sealed, waves
from libs.stages.joint import Joint, cases_in, changes_of
from libs.stages.outcome import Done, Outcome
from libs.stages.scope import hidden, outside

_TRIES = 3
"""How often a decision about several cases is taken anew when one of them moved on meanwhile."""


@dataclass(frozen=True, slots=True)
class _Loaded:
    cases: Mapping[UUID, Case]
    keys: Mapping[UUID, CaseKey]
    photos: Mapping[UUID, ContentRef]


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

    async def _run_wave(self, commands: Sequence[Command], tries: int = _TRIES) -> list[Outcome]:
        loaded = await self._load(commands)
        proposals = [self._propose(command, loaded) for command in commands]
        appends = [each for each in proposals if isinstance(each, Append)]
        results = iter(await self._store.append_many(appends))
        outcomes = [
            next(results) if isinstance(proposal, Append) else await self._maybe_done(command, proposal)
            for command, proposal in zip(commands, proposals, strict=True)
        ]
        answers = [_outcome(command, result) for command, result in zip(commands, outcomes, strict=True)]
        overtaken = [
            index for index, each in enumerate(proposals) if _of_several(each) and _stale(answers[index])
        ]
        if overtaken and tries > 1:
            again = await self._run_wave([commands[index] for index in overtaken], tries - 1)
            for index, answer in zip(overtaken, again, strict=True):
                answers[index] = answer
        return answers

    async def _load(self, commands: Sequence[Command]) -> _Loaded:
        written = [command.case_id for command in commands if command.body.texts()]
        shown = {photo: command.case_id for command in commands for photo in command.body.photos()}
        cases, keys, photos = await asyncio.gather(
            self._store.load_with_originals(
                {name for each in commands for name in (each.case_id, *each.body.others())}
            ),
            self._vault.keys(written) if written else _no_keys(),
            self._photos.refs(shown) if shown and self._photos else _no_photos(),
        )
        return _Loaded(cases, keys, photos)

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
        decision = command.kind.decide(case, command.actor, command.body, sealed)
        if isinstance(decision, Refusal):
            return decision
        joint = isinstance(decision, Joint)
        changes = changes_of(case, _expected(command, case, joint=joint), decision, command.happened_at)
        speaker = Speaker(self._service, command.actor, command.trace)
        seen = cases_in(case, decision)
        return Append(changes, speaker, command.key, command.fingerprint, contents, seen=seen)

    async def _maybe_done(self, command: Command, refusal: Refusal) -> Appended | Refusal:
        """A retry of what was done long ago is refused by the rules by now: it is still "already done"."""
        return await self._store.answered(command.key, command.fingerprint) or refusal


def _expected(command: Command, case: Case, *, joint: bool) -> Expect:
    """What the person saw; without that the table judges, and of several cases what was decided on."""
    if command.rev is not None:
        return AtRev(command.rev)
    return AtRev(case.rev) if joint else Whatever()


def _of_several(proposal: Append | Refusal) -> bool:
    return isinstance(proposal, Append) and len(proposal.changes) > 1


def _stale(outcome: Outcome) -> bool:
    return isinstance(outcome, Refusal) and outcome.code is Why.STALE


def _out_of_reach(case: Case, command: Command) -> Refusal | None:
    actor = command.actor
    return hidden(case, actor) or outside(case, actor, command.area, command.kind.name)


def _missing(command: Command, loaded: _Loaded, case: Case) -> Refusal | None:
    name = command.kind.name
    for other in command.body.others():
        there = loaded.cases.get(other)
        if there is None or hidden(there, command.actor):
            return Refusal(Why.UNKNOWN_CASE, f"no case {other}", case.stage, name)
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


def _outcome(command: Command, result: Appended | Refusal) -> Outcome:
    if isinstance(result, Refusal):
        return result
    span = result.spans[0]
    return Done(command.case_id, span.last_seq, span.rev, result.already)


async def _no_keys() -> dict[UUID, CaseKey]:
    return {}


async def _no_photos() -> dict[UUID, ContentRef]:
    return {}
