"""Finding cases by their words without keeping the words: a blind index of keyed n-grams, one row a case.

`case_search` holds {_id: case id, seq, t: tokens}. A token is an HMAC of an n-gram (two characters of Chinese, three of anything
else) or of a code (`category:hoarding`) under a key of the office, cut to 31 bits. A row only proposes: who asks again opens
the words themselves, so that a row of erased content finds nothing.
"""

import hmac
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple
from uuid import UUID

from pymongo import DESCENDING, ReplaceOne
from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.concerns import safe
from libs.casework.case import Case

SEARCH = "case_search"
SOUGHT_KINDS = frozenset({"text", "words", "note", "title"})
"""Kinds of content that can be found by their words. Contacts, points and photos are not among them: nobody looks a person up."""
MOST_TOKENS = 600
"""A case: some twenty reports' worth. What is said beyond that is not found."""
COUNTED = 2000
"""How far the cases of a token are counted to find the rarest."""
_CJK = "\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff"
_RUNS = re.compile(f"[{_CJK}]+|[^\\W_{_CJK}]+")
_CODES = ("category", "grid", "community", "compound", "lead")
Document = dict[str, Any]


class SearchRow(NamedTuple):
    """What is kept of a case whose log was read up to `seq`."""

    case_id: UUID
    seq: int
    tokens: Sequence[int]


def normal(text: str) -> str:
    """As texts are compared: NFKC (full-width letters and digits become plain), case folded."""
    return unicodedata.normalize("NFKC", text).casefold()


def grams(text: str) -> set[str]:
    """The n-grams of a text: pairs in Chinese, threes in other scripts; a shorter run is one by itself."""
    return {gram for run in _RUNS.findall(normal(text)) for gram in _of_run(run)}


def _of_run(run: str) -> Iterable[str]:
    length = 2 if re.match(f"[{_CJK}]", run) else 3
    return (run[at : at + length] for at in range(max(1, len(run) - length + 1)))


def terms(words: str) -> tuple[str, ...]:
    """What is looked for, part by part: all of them have to be there, each as it is written."""
    return tuple(normal(words).split())


def says(texts: Iterable[str], wanted: Sequence[str]) -> bool:
    """Whether each term stands in one of the texts."""
    read = [normal(text) for text in texts]
    return all(any(term in text for text in read) for term in wanted)


class SearchKey:
    """Makes the tokens of one office. `master_key`: 32 bytes."""

    def __init__(self, master_key: bytes, office: str) -> None:
        self._key = hmac.digest(master_key, b"banjie search " + office.encode(), "sha256")

    def token(self, part: str) -> int:
        """31 bits that say nothing without the key."""
        return int.from_bytes(hmac.digest(self._key, part.encode(), "sha256")[:4], "big") >> 1

    def of_words(self, texts: Iterable[str]) -> list[int]:
        """Tokens of the n-grams in these texts."""
        parts = sorted(set().union(*map(grams, texts)))
        return [self.token(f"text:{part}") for part in parts[:MOST_TOKENS]]

    def of_codes(self, codes: Mapping[str, str | None]) -> list[int]:
        """Tokens of codes by what they name: `{"category": "hoarding"}`; None says nothing."""
        return [self.token(f"{name}:{code}") for name, code in codes.items() if code]

    def row(self, case: Case, texts: Iterable[str]) -> SearchRow:
        """The row of a case with these words."""
        codes = {name: getattr(case, name) for name in _CODES}
        return SearchRow(case.id, case.seq, sorted({*self.of_words(texts), *self.of_codes(codes)}))


class SearchIndex:
    """The rows in one database."""

    def __init__(self, database: AsyncDatabase[Document]) -> None:
        self._rows = safe(database)[SEARCH]

    async def seqs(self, case_ids: Iterable[UUID]) -> dict[UUID, int]:
        """How far the logs of these cases were read."""
        found = self._rows.find({"_id": {"$in": list(case_ids)}}, {"seq": 1})
        return {row["_id"]: row["seq"] async for row in found}

    async def put(self, rows: Sequence[SearchRow]) -> None:
        """Keep these rows instead of earlier ones."""
        if rows:
            writes = [ReplaceOne({"_id": row.case_id}, document_of(row), upsert=True) for row in rows]
            await self._rows.bulk_write(writes, ordered=False)

    async def candidates(
        self, tokens: Sequence[int], below: UUID | None, above: UUID | None, limit: int
    ) -> list[UUID]:
        """Cases with all of these tokens, newest first, of ids below and above those."""
        rarest = await self._rarest(tokens)
        others = [{"t": token} for token in tokens if token != rarest]
        bounds = {name: bound for name, bound in (("$lt", below), ("$gte", above)) if bound}
        wanted: Document = {"t": rarest} | ({"_id": bounds} if bounds else {})
        wanted |= {"$and": others} if others else {}
        found = self._rows.find(wanted, {"_id": 1}).sort("_id", DESCENDING).limit(limit)
        return [row["_id"] async for row in found]

    async def _rarest(self, tokens: Sequence[int]) -> int:
        if len(tokens) == 1:
            return tokens[0]
        counts = {token: await self._rows.count_documents({"t": token}, limit=COUNTED) for token in tokens}
        return min(counts, key=counts.__getitem__)


def document_of(row: SearchRow) -> Document:
    """As `case_search` holds it."""
    return {"_id": row.case_id, "seq": row.seq, "t": list(row.tokens)}


def id_at(at: int) -> UUID:
    """The least id that a case opened at `at` (µs UTC) can have: ids are UUIDv7, which begin with their milliseconds."""
    return UUID(int=max(at // 1000, 0) << 80)
