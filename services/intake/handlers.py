"""Reports become cases: sealed, numbered, appended; the same for one request and for a batch of five hundred messages."""

import asyncio
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
from libs.stages.commands import Text
from libs.stages.doors import Known
from libs.stages.http import fingerprint
from libs.stages.messages import Message, refusal_from
from libs.stages.outcome import Done, Outcome
from libs.stages.ports import Ports
from libs.stages.publishers import Publisher
from libs.stages.receipts import Receipts, receipt_claim
from libs.stages.uploads import keep_photo
from services.intake.blocklist import Blocklist
from services.intake.blocks import BLOCKABLE, turned_away
from services.intake.bodies import REPORT_SUBMITTED, Report
from services.intake.marks import Mark, Marks
from services.intake.reporters import system
from services.intake.rules import Guide, Opening, Reporter, take_in


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody wants a case opened. `photos` are JPEG, written by ourselves; `origin` is what a block could go by."""

    opening: Opening
    key: str
    fingerprint: bytes
    trace: str | None = None
    photos: tuple[bytes, ...] = ()
    origin: tuple[Text, ...] = ()


@dataclass(frozen=True, slots=True)
class _Prepared:
    """A wish with all that its case will need."""

    append: Append
    number: str


class Intake:
    """Opens cases."""

    def __init__(
        self, ports: Ports, numbers: CaseNumbers, guide: Guide, receipts: Receipts, blocklist: Blocklist
    ) -> None:
        self._ports = ports
        self._numbers = numbers
        self._guide = guide
        self._receipts = receipts
        self._blocklist = blocklist

    async def carry(self, messages: Sequence[Known]) -> list[Outcome]:
        """What becomes of messages at the door; one outcome each, in their order."""
        wishes = [await self._wish(message, publisher) for message, publisher in messages]
        opened = iter(await self.open([wish for wish in wishes if isinstance(wish, Wish)]))
        return [next(opened) if isinstance(wish, Wish) else wish for wish in wishes]

    async def open(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """Open a case for each, all in one go; a wish that was fulfilled before is answered as then."""
        numbers = await self._numbers_for(wishes)
        prepared = [await self._prepare(wish, number) for wish, number in zip(wishes, numbers, strict=True)]
        results = await self._ports.store.append_many([each.append for each in prepared])
        first = await self._first_numbers(results)
        return [_outcome(each, result, first) for each, result in zip(prepared, results, strict=True)]

    async def open_once(self, wishes: Sequence[Wish]) -> list[Outcome]:
        """As `open`, for what may well have been sent before: looked up first, so that it uses up no case number."""
        store = self._ports.store
        before = await asyncio.gather(*(store.answered(wish.key, wish.fingerprint) for wish in wishes))
        first = await self._first_numbers(each for each in before if each)
        fresh = [wish for wish, known in zip(wishes, before, strict=True) if known is None]
        opened = iter(await self.open(fresh) if fresh else ())
        return [next(opened) if known is None else _again(known, first) for known in before]

    async def welcome(self, wish: Wish, report: Report, address: str | None = None) -> Wish | Refusal:
        """The wish, or the one polite answer to a blocked reporter. `address`: the network's, over HTTP.

        What was taken in before the block is still answered as then.
        """
        opening = wish.opening
        if opening.reporter.source not in BLOCKABLE:
            return wish
        block = await self._blocklist.blocking(opening.office, _marks(report, opening.reporter, address))
        if block is None or await self._ports.store.answered(wish.key, wish.fingerprint):
            return wish
        await self._blocklist.turned_away(block)
        return turned_away(block, self._guide.policy)

    def take_in(
        self, report: Report, reporter: Reporter, happened_at: int | None = None
    ) -> Opening | Refusal:
        """Whether the report is taken in, by the rules and the time it is now."""
        return take_in(report, reporter, self._guide, self._ports.clock(), happened_at)

    async def _wish(self, message: Message, publisher: Publisher) -> Wish | Refusal:
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
        return await self.welcome(Wish(opening, message.key, asked_for(report), message.trace), report)

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
        texts = (*opening.texts, *wish.origin)
        sealed = [key.seal(text.kind, uuid7(), text.words.encode()) for text in texts]
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
        return [await keep_photo(self._ports.photos, key, uuid7(), photo) for photo in wish.photos]

    async def _first_numbers(self, results: Iterable[Appended | Refusal]) -> Mapping[UUID, str]:
        again = [each.spans[0].case_id for each in results if isinstance(each, Appended) and each.already]
        cases = await self._ports.store.load(again) if again else {}
        return {case.id: case.number for case in cases.values()}


def asked_for(report: Report, photos: Iterable[bytes] = ()) -> bytes:
    """What a report asks for, to tell a retry from another report under the same key."""
    return fingerprint(report.model_dump_json().encode(), *photos)


def _marks(report: Report, reporter: Reporter, address: str | None) -> Marks:
    phone = report.contact.phone if report.contact else None
    found = {Mark.CONTACT: phone, Mark.ADDRESS: address, Mark.PUBLISHER: reporter.publisher}
    return {mark: value for mark, value in found.items() if value}


def _again(known: Appended | Refusal, first: Mapping[UUID, str]) -> Outcome:
    if isinstance(known, Refusal):
        return known
    span = known.spans[0]
    return Done(span.case_id, span.last_seq, span.rev, already=True, number=first.get(span.case_id))


def _outcome(prepared: _Prepared, result: Appended | Refusal, first: Mapping[UUID, str]) -> Outcome:
    if isinstance(result, Refusal):
        return result
    span = result.spans[0]
    number = first.get(span.case_id, prepared.number)
    return Done(span.case_id, span.last_seq, span.rev, result.already, number)
