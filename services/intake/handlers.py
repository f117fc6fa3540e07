"""Reports become cases: sealed, numbered, appended; the same for one request and for a batch of five hundred messages."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from pydantic import ValidationError
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended, Claim
from libs.casestore.content import CaseKey
from libs.casestore.numbers import CaseNumbers
from libs.casework.draft import Change, NewCase, Speaker
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.doors import Known
from libs.stages.http import fingerprint
from libs.stages.messages import Message, refusal_from
from libs.stages.outcome import Done, Outcome
from libs.stages.ports import Ports
from libs.stages.publishers import Publisher
from libs.stages.receipts import Receipts, receipt_claim
from services.intake.bodies import REPORT_SUBMITTED, Report
from services.intake.reporters import system
from services.intake.rules import Guide, Opening, Reporter, take_in


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a case opened. `photos` are JPEG, written by ourselves."""

    opening: Opening
    key: str
    fingerprint: bytes
    trace: str | None = None
    photos: tuple[bytes, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A wish with all that its case will need."""

    append: Append
    number: str


class Intake:
    """Opens cases."""

    def __init__(self, ports: Ports, numbers: CaseNumbers, guide: Guide, receipts: Receipts) -> None:
        self._ports = ports
        self._numbers = numbers
        self._guide = guide
        self._receipts = receipts

    async def carry(self, messages: Sequence[Known]) -> list[Outcome]:
        """What becomes of messages at the door; one outcome each, in their order."""
        wishes = [self._wish(message, publisher) for message, publisher in messages]
        opened = iter(await self.open([wish for wish in wishes if isinstance(wish, Wish)]))
        return [next(opened) if isinstance(wish, Wish) else wish for wish in wishes]

    async def open(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Open a case for each, all in one go; a wish that was fulfilled before is answered as then."""
        numbers = await self._numbers_for(wishes)
        prepared = [await self._prepare(wish, number) for wish, number in zip(wishes, numbers, strict=True)]
        results = await self._ports.store.append_many([each.append for each in prepared])
        first = await self._first_numbers(results)
        return [_outcome(each, result, first) for each, result in zip(prepared, results, strict=True)]

    def take_in(
        self, report: Report, reporter: Reporter, happened_at: int | None = None
    ) -> Opening | Refusal:
        """Whether the report is taken in, by the rules and the time it is now."""
        return take_in(report, reporter, self._guide, self._ports.clock(), happened_at)

    def _wish(self, message: Message, publisher: Publisher) -> Wish | Refusal:
        if message.type != REPORT_SUBMITTED:
            detail = f"{message.type} is not taken at this door"
            return Refusal(Why.INVALID, detail, None, message.type, (REPORT_SUBMITTED,), "type")
        try:
            report = Report.model_validate(message.data)
        except ValidationError as error:
            return refusal_from(error, "data")
        opening = self.take_in(report, system(publisher), message.happened_at)
        if isinstance(opening, Refusal):
            return opening
        return Wish(opening, message.key, asked_for(report), message.trace)

    async def _numbers_for(self, wishes: Sequence[Wish]) -> list[str]:
        wanted: dict[str, int] = defaultdict(int)
        for wish in wishes:
            wanted[self._prefix(wish)] += 1
        taken = {prefix: iter(await self._numbers.take(prefix, count)) for prefix, count in wanted.items()}
        return [next(taken[self._prefix(wish)]) for wish in wishes]

    def _prefix(self, wish: Wish) -> str:
        office = self._guide.offices.get(wish.opening.office)
        assert office is not None, "the rules refuse an office that is not served"
        return office.prefix

    async def _prepare(self, wish: Wish, number: str) -> _Prepared:
        case_id = uuid7()
        key = self._ports.vault.new_key(case_id)
        opening = wish.opening
        sealed = [key.seal(text.kind, uuid7(), text.words.encode()) for text in opening.texts]
        photos = await self._stored(wish, key)
        reported = opening.reported(number, (*(ref for ref, _ in sealed), *photos))
        append = Append(
            (Change(case_id, NewCase(opening.office), (reported,), opening.happened_at),),
            Speaker(Service.INTAKE, opening.reporter.actor, wish.trace),
            wish.key,
            wish.fingerprint,
            tuple(stored for _, stored in sealed),
            (key.wrapped,),
            (Claim(receipt_claim(self._receipts.code_of(case_id)), case_id),),
        )
        return _Prepared(append, number)

    async def _stored(self, wish: Wish, key: CaseKey) -> list[ContentRef]:
        """Photos go in first: one whose case never comes to be cannot be read and is swept."""
        if not wish.photos or await self._ports.store.answered(wish.key, wish.fingerprint):
            return []
        return [await self._ports.photos.put(key, uuid7(), photo) for photo in wish.photos]

    async def _first_numbers(self, results: Iterable[Appended | Refusal]) -> Mapping[UUID, str]:
        again = [each.spans[0].case_id for each in results if isinstance(each, Appended) and each.already]
        cases = await self._ports.store.load(again) if again else {}
        return {case.id: case.number for case in cases.values()}


def asked_for(report: Report, photos: Iterable[bytes] = ()) -> bytes:
    """What a report asks for, to tell a retry from another report under the same key."""
    return fingerprint(report.model_dump_json().encode(), *photos)


def _outcome(prepared: _Prepared, result: Appended | Refusal, first: Mapping[UUID, str]) -> Outcome:
    if isinstance(result, Refusal):
        return result
    span = result.spans[0]
    number = first.get(span.case_id, prepared.number)
    return Done(span.case_id, span.last_seq, span.rev, result.already, number)
