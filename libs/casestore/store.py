"""The case store: append, load, read the log. Appending is the only way to change a case."""

from collections.abc import Callable, Iterable, Sequence
from typing import Any
from uuid import UUID

from bson.binary import Binary
from pymongo.asynchronous.database import AsyncDatabase
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended, Claim
from libs.casestore.committer import Committer
from libs.casestore.concerns import AS_STORED, safe
from libs.casestore.content import StoredContent, WrappedKey
from libs.casestore.documents import (
    CASES,
    CLAIMS,
    EVENTS,
    answer_from,
    case_from,
    event_in,
    logs_wanted,
    readable,
    readable_logs,
    sealed_from,
)
from libs.casestore.group import repeated
from libs.casestore.reading import CaseQuery, Page, Said, Waited, page_of, suspended_page
from libs.casestore.waiting import Grouping
from libs.casework.case import Case
from libs.casework.draft import Change, Sealed, Speaker
from libs.casework.entry import Entry
from libs.casework.events import ContentRef
from libs.casework.references import references
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import ENDED, OPEN, Service

_GROUPING = Grouping()
_HOPS = 10
"""So far a chain of merged cases is followed."""
WALK = 50_000
"""Entries that a question without an index may walk over: some 0.2 s."""


class CaseStore:
    """The log of all cases in one database. `clock` gives µs UTC; `new_id` the ids of entries; `grouping` is for measuring."""

    def __init__(
        self,
        database: AsyncDatabase[dict[str, Any]],
        *,
        clock: Callable[[], int],
        new_id: Callable[[], UUID] = uuid7,
        grouping: Grouping = _GROUPING,
    ) -> None:
        read = safe(database)
        self._events, self._cases, self._claims = read[EVENTS], read[CASES], read[CLAIMS]
        self._heads = self._cases.with_options(codec_options=AS_STORED)
        self._committer = Committer(database, clock=clock, new_id=new_id, grouping=grouping)

    async def start(self) -> None:
        """Begin to take appends."""
        self._committer.start()

    async def stop(self) -> None:
        """Commit what waits and stop."""
        await self._committer.stop()

    async def append(
        self,
        changes: Sequence[Change],
        speaker: Speaker,
        *,
        key: str | None = None,
        fingerprint: bytes | None = None,
        contents: Sequence[StoredContent] = (),
        case_keys: Sequence[WrappedKey] = (),
        claims: Sequence[Claim] = (),
    ) -> Appended | Refusal:
        """Say something about one or several cases, all or nothing. The same `key` again gets the first answer again.

        Raises `StoreAway` when the database does not take it in time; try again with the same key.
        """
        append = Append(changes, speaker, key, fingerprint, contents, case_keys, claims)
        return await self._committer.submit(append)

    async def append_many(self, appends: Sequence[Append]) -> list[Appended | Refusal]:
        """One result an append, in order; each is atomic by itself."""
        return await self._committer.submit_all(appends)

    async def answered(self, key: str, fingerprint: bytes | None = None) -> Appended | Refusal | None:
        """What a key was answered with; None when it was never used."""
        document = await self._events.find_one({"key": key}, {"key": 1, "fp": 1, "spans": 1})
        return repeated(key, fingerprint, answer_from(document)) if document else None

    async def load(self, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
        """The cases that exist, by id, in one read."""
        cases = [case_from(document) for document in await self._documents(case_ids)]
        return {case.id: case for case in cases}

    async def load_readable(self, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
        """As `load`, without those that a later version wrote or that are damaged: nothing could be appended to them."""
        found = [readable(document) for document in await self._documents(case_ids)]
        return {case.id: case for case in found if case}

    async def _documents(self, case_ids: Iterable[UUID]) -> list[dict[str, Any]]:
        wanted = {"_id": {"$in": [Binary.from_uuid(each) for each in case_ids]}}
        return await self._heads.find(wanted).to_list()

    async def load_with_originals(self, case_ids: Iterable[UUID]) -> dict[UUID, Case]:
        """The cases, and what the merged ones among them were merged into, to the end of a chain."""
        cases = await self.load(case_ids)
        for _ in range(_HOPS):
            originals = {case.merged_into for case in cases.values() if case.merged_into} - cases.keys()
            if not originals:
                break
            cases |= await self.load(originals)
        return cases

    async def log(self, case_id: UUID, after: int = 0) -> list[Sealed]:
        """The case's entries after that seq, in order, as they are stored."""
        wanted = self._events.find({"case_id": case_id, "seq": {"$gt": after}}).sort("seq", 1)
        return [sealed_from(document) async for document in wanted]

    async def logs(self, case_ids: Iterable[UUID]) -> dict[UUID, list[Entry]]:
        """The whole logs of these cases in one read, each in order. A log that this version cannot read is left out."""
        return readable_logs(await self._events.find(**logs_wanted(case_ids)).to_list())

    async def offices(self) -> list[str]:
        """The offices that have cases."""
        return sorted(await self._cases.distinct("office"))

    async def open_seqs(
        self, office: str, unchanged_since: int, after: UUID | None, limit: int
    ) -> dict[UUID, int]:
        """The seq of each open case of an office that has not changed since (µs UTC), in the order of their ids, from the
        one after `after` on."""
        wanted: dict[str, Any] = {
            "office": office,
            "stage": {"$in": [stage.value for stage in OPEN]},
            "updated_at": {"$lte": unchanged_since},
        }
        if after is not None:
            wanted["_id"] = {"$gt": after}
        found = self._cases.find(wanted, {"seq": 1}).sort("_id", 1).limit(limit)
        return {document["_id"]: document["seq"] async for document in found}

    async def ended(self, case_ids: Iterable[UUID]) -> list[UUID]:
        """Those of the cases that are not open any more."""
        wanted = {"_id": {"$in": list(case_ids)}, "stage": {"$in": [stage.value for stage in ENDED]}}
        return [document["_id"] async for document in self._cases.find(wanted, {"_id": 1})]

    async def references(self, case_id: UUID) -> tuple[ContentRef, ...]:
        """All personal content that the case's log names, in order, each once.

        What was damaged, or only a later version can read, is left out, so that the case can still be shown: `verify` names it.
        """
        found = self._events.find({"case_id": case_id}).sort("seq", 1)
        said = [event async for document in found if (event := event_in(document))]
        return references(said)

    async def count(self, case_id: UUID, event: str) -> int:
        """How many entries of one type (`details_added.v1`) the case's log has."""
        return await self._events.count_documents({"case_id": case_id, "type": event})

    async def claimed(self, claim_id: str) -> UUID | None:
        """The case that a claim was taken for."""
        document = await self._claims.find_one({"_id": claim_id})
        return document["case_id"] if document else None

    async def awaiting(self, service: Service, since: int, limit: int) -> list[Case]:
        """Cases that have awaited a service since before `since` (µs UTC), longest waiting first; parked ones are left to
        people."""
        wanted = {
            "awaits.machine": service.value,
            "awaits.since": {"$lt": since},
            "parked": {"$ne": True},
        }
        found = self._cases.find(wanted).sort("awaits.since", 1).limit(limit)
        return [case_from(document) async for document in found]

    async def find(
        self, query: CaseQuery, limit: int = 50, after: str | None = None, *, oldest_first: bool = False
    ) -> Page:
        """A page of cases, newest first unless told; `after` is the cursor of the page before."""
        return await page_of(self._cases, query, limit, after, oldest_first)

    async def suspended(self, query: CaseQuery, limit: int, after: Waited | None = None) -> Page:
        """Cases that wait (挂账), those first that should have been looked at first; `after` is the place of the page before."""
        return await suspended_page(self._cases, query, limit, after)

    async def said_since(
        self, since: int, event: str, because: str, limit: int, before: int | None = None, walk: int = WALK
    ) -> Said:
        """The cases with an entry of one type from `since` up to `before` (µs UTC) that names `because` as a reason, newest first.

        No index knows types, and every append would pay for one: so it walks back over `walk` entries, or until `limit` cases
        are found, and tells how far it came. What was said in one microsecond is not divided: both may be exceeded by that.
        """
        until = {"$lt": before} if before is not None else {}
        back_to = await self._back_to({"$gte": since} | until, walk)
        wanted = {"at": {"$gte": since if back_to is None else back_to} | until, "type": event}
        cases: dict[UUID, None] = {}
        at = 0
        async for document in self._events.find(wanted).sort("at", -1):
            if len(cases) >= limit and document["at"] != at:
                return Said(list(cases), at)
            at, said = document["at"], event_in(document)
            if said is not None and because in getattr(said, "because", ()):
                cases[document["case_id"]] = None
        return Said(list(cases), back_to)

    async def _back_to(self, span: dict[str, int], walk: int) -> int | None:
        """When the entry was said that lies so many back; None: there are fewer. Answered by the index of `at` alone."""
        found = self._events.find({"at": span}, {"_id": 0, "at": 1}).sort("at", -1).skip(walk).limit(1)
        return next((document["at"] for document in await found.to_list()), None)

    async def latest(self, case_ids: Iterable[UUID], event: str) -> dict[UUID, Sealed]:
        """The newest entry of one type (`queued_for_clerk.v1`) of each case that has any, in one read."""
        wanted = {"case_id": {"$in": list(case_ids)}, "type": event}
        found = [sealed_from(each) async for each in self._events.find(wanted).sort("seq", 1)]
        return {sealed.entry.case_id: sealed for sealed in found}
