"""Carries a split out: a case for each part, numbered, under a key of its own, all in one append with the report's log."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from uuid_utils.compat import uuid7

from libs.casestore.append import Append
from libs.casestore.content import CaseKey, StoredContent
from libs.casestore.numbers import CaseNumbers
from libs.casework.case import Case
from libs.casework.categories import Catalogue
from libs.casework.draft import AtRev, Change, NewCase, Speaker, Whatever
from libs.casework.events.model import ContentRef
from libs.casework.events.triage import Classified, Split
from libs.casework.offices import Offices
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Command, Sealed
from libs.stages.outcome import Done, Outcome
from libs.stages.ports import Ports
from libs.stages.scope import hidden
from services.triage.bodies import Part, Splitting
from services.triage.splitting import COPIED, begins

TEXT = "text"


@dataclass(frozen=True, slots=True)
class _Opened:
    """One part's case, ready to be appended."""

    change: Change
    contents: tuple[StoredContent, ...]
    key: CaseKey


class SplitDesk:
    """A desk for the one command that opens cases: `libs.stages.commands.Desk`."""

    def __init__(self, ports: Ports, numbers: CaseNumbers, catalogue: Catalogue, offices: Offices) -> None:
        self._ports, self._numbers = ports, numbers
        self._catalogue, self._offices = catalogue, offices

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        """One outcome for each command, in order. A retry opens nothing and uses up no numbers."""
        return [await self._done_before(command) or await self._split(command) for command in commands]

    async def _done_before(self, command: Command) -> Outcome | None:
        answered = await self._ports.store.answered(command.key, command.fingerprint)
        if answered is None or isinstance(answered, Refusal):
            return answered
        span = answered.spans[0]
        return Done(command.case_id, span.last_seq, span.rev, already=True)

    async def _split(self, command: Command) -> Outcome:
        case = (await self._ports.store.load([command.case_id])).get(command.case_id)
        if case is None or hidden(case, command.actor):
            return Refusal(Why.UNKNOWN_CASE, f"no case {command.case_id}", None, command.kind.name)
        decision = command.kind.decide(case, command.actor, command.body, Sealed())
        if isinstance(decision, Refusal):
            return decision
        assert isinstance(decision, tuple), "a split says what each part is"
        parts = [each for each in decision if isinstance(each, Classified)]
        append = await self._append(command, case, parts)
        if isinstance(append, Refusal):
            return append
        (result,) = await self._ports.store.append_many([append])
        if isinstance(result, Refusal):
            return result
        span = result.spans[0]
        return Done(command.case_id, span.last_seq, span.rev, result.already)

    async def _append(self, command: Command, case: Case, parts: Sequence[Classified]) -> Append | Refusal:
        body = command.body
        assert isinstance(body, Splitting), "the table says so"
        unknown = await self._unknown_photo(case, body)
        if unknown:
            return unknown
        copied = await self._copied(case)
        if copied is None:
            detail = "the personal content of this case was erased"
            return Refusal(Why.ERASED, detail, case.stage, command.kind.name)
        numbers = await self._numbers.take(self._prefix(case), len(parts))
        opened = [
            await self._open(case, part, classified, number, copied)
            for part, classified, number in zip(body.parts, parts, numbers, strict=True)
        ]
        expect = Whatever() if command.rev is None else AtRev(command.rev)
        split = Change(case.id, expect, (Split(into=tuple(each.change.case_id for each in opened)),))
        return Append(
            (split, *(each.change for each in opened)),
            Speaker(Service.TRIAGE, command.actor, command.trace),
            command.key,
            command.fingerprint,
            tuple(content for each in opened for content in each.contents),
            tuple(each.key.wrapped for each in opened),
            seen=(case,),
        )

    async def _open(
        self, lead: Case, part: Part, classified: Classified, number: str, copied: Mapping[str, bytes]
    ) -> _Opened:
        case_id = uuid7()
        key = self._ports.vault.new_key(case_id)
        texts = {TEXT: part.words.encode(), **copied}
        sealed = [key.seal(kind, uuid7(), data) for kind, data in texts.items()]
        photos = await self._copies(lead.id, part, key)
        contents = (*(ref for ref, _ in sealed), *photos)
        events = begins(lead, number, classified, contents, self._catalogue)
        change = Change(case_id, NewCase(lead.office), events)
        return _Opened(change, tuple(stored for _, stored in sealed), key)

    async def _copied(self, case: Case) -> dict[str, bytes] | None:
        """Place and contact as the report gave them; None when they cannot be read any more."""
        refs = [ref for ref in case.contents if ref.kind in COPIED]
        found = await self._ports.vault.read({case.id: refs})
        if any(data is None for data in found.values()):
            return None
        return {ref.kind: data for ref in refs if (data := found[ref.id]) is not None}

    async def _copies(self, lead: UUID, part: Part, key: CaseKey) -> list[ContentRef]:
        """Photos go in first: one whose case never comes to be cannot be read and is swept."""
        read = [await self._ports.photos.read(lead, photo) for photo in part.evidence]
        return [await self._ports.photos.put(key, uuid7(), photo) for photo in read if photo is not None]

    async def _unknown_photo(self, case: Case, body: Splitting) -> Refusal | None:
        wanted = {photo: case.id for part in body.parts for photo in part.evidence}
        known = await self._ports.photos.refs(wanted) if wanted else {}
        unknown = next((photo for photo in wanted if photo not in known), None)
        if unknown is None:
            return None
        return Refusal(Why.INVALID, f"no photo {unknown} at this case", case.stage, "split", field="evidence")

    def _prefix(self, case: Case) -> str:
        office = self._offices.get(case.office)
        assert office is not None, "a case belongs to an office that is served"
        return office.prefix
