"""Verify the whole log, in parallel: every chain, every fold, every copy, every reference.

Each range of cases is read in one snapshot session, so a system that goes on working meanwhile gives no false findings.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import as_completed
from itertools import groupby, pairwise
from typing import Any, NamedTuple
from uuid import UUID

from bson import MaxKey, MinKey
from bson.binary import Binary
from pymongo.collection import Collection
from pymongo.database import Database

from libs.casestore.audit_trail import Checked, Finding, check_case
from libs.casestore.concerns import AS_STORED, CODEC
from libs.casestore.content import CONTENT, ERASURES, KEYS
from libs.casestore.documents import CASES, EVENTS
from libs.casestore.processes import Where, connect, processes

RANGES_A_WORKER = 8
CASES_A_RANGE = 10_000
"""A range is read at one moment, which the server remembers for five minutes only."""
TOGETHER = 500
Progress = Callable[[int, int], None]
"""Called with cases checked since the last call, and events."""


class Report(NamedTuple):
    """What verifying found. No findings: the log is whole."""

    cases: int
    events: int
    findings: tuple[Finding, ...]


class Range(NamedTuple):
    """Case ids from `start` up to, not including, `end`."""

    start: UUID
    end: UUID


_FIRST, _LAST = UUID(int=0), UUID(int=2**128 - 1)


def verify(where: Where, workers: int, progress: Progress | None = None) -> Report:
    """Check every case. `workers` processes, each with a client of its own."""
    ranges = _ranges(where, workers * RANGES_A_WORKER)
    reports = [Report(0, 0, tuple(_as_a_whole(where)))]
    with processes(workers) as pool:
        for done in as_completed([pool.submit(verify_range, where, each) for each in ranges]):
            reports.append(done.result())
            if progress:
                progress(reports[-1].cases, reports[-1].events)
    return _together(reports)


def verify_range(where: Where, part: Range) -> Report:
    """Check the cases of one range, as they stood at one moment."""
    with connect(where) as client:
        database = client.get_database(where.database, codec_options=AS_STORED)
        with client.start_session(snapshot=True) as session:
            return _together(_batches(database, session, part))


def verify_case(where: Where, case_id: UUID) -> Report:
    """Check one case."""
    return verify_range(where, Range(case_id, UUID(int=case_id.int + 1)))


def count_cases(where: Where) -> int:
    """How many cases there are, for a progress bar."""
    with connect(where) as client:
        return client[where.database][CASES].estimated_document_count()


def _ranges(where: Where, at_least: int) -> list[Range]:
    with connect(where) as client:
        cases = client.get_database(where.database, codec_options=CODEC)[CASES]
        wanted = max(at_least, cases.estimated_document_count() // CASES_A_RANGE)
        split: list[dict[str, Any]] = [
            {"$sort": {"_id": 1}},
            {"$project": {"_id": 1}},
            {"$bucketAuto": {"groupBy": "$_id", "buckets": wanted}},
        ]
        starts = [bucket["_id"]["min"] for bucket in cases.aggregate(split, allowDiskUse=True)]
    # Whatever sorts outside of these is no case id at all; `_as_a_whole` looks for that.
    inner = [start for start in starts[1:] if isinstance(start, UUID)]
    return [Range(start, end) for start, end in pairwise([_FIRST, *inner, _LAST])]


def _as_a_whole(where: Where) -> Iterator[Finding]:
    """What no single case shows."""
    with connect(where) as client:
        database = client.get_database(where.database, codec_options=AS_STORED)
        yield from _nowhere(database[EVENTS], "case_id", "seq")
        yield from _nowhere(database[CASES], "_id")
        yield from _used_twice(database[EVENTS])


def _nowhere(collection: Collection[dict[str, Any]], *index: str) -> Iterator[Finding]:
    """Documents whose case id is none, so that no range holds them."""
    hint = [(name, 1) for name in index]
    first: Any = [(index[0], Binary(_FIRST.bytes, 4)), *((name, MinKey()) for name in index[1:])]
    last: Any = [(index[0], Binary(_LAST.bytes, 4)), *((name, MaxKey()) for name in index[1:])]
    for found in (collection.find().hint(hint).max(first), collection.find().hint(hint).min(last)):
        for document in found:
            what = f"{index[0]} {document.get(index[0])!r} in {collection.name} is no case id"
            yield Finding(_FIRST, 0, "nowhere", what)


def _used_twice(events: Collection[dict[str, Any]]) -> Iterator[Finding]:
    """Keys that stand on several entries. While the unique index is there, there can be none."""
    if any(
        index.get("unique") and index["key"] == [("key", 1)] for index in events.index_information().values()
    ):
        return
    yield Finding(_FIRST, 0, "schema", "the unique index on keys is missing")
    by_key: list[dict[str, Any]] = [
        {"$match": {"key": {"$exists": True}}},
        {"$group": {"_id": "$key", "count": {"$sum": 1}, "case_id": {"$first": "$case_id"}}},
        {"$match": {"count": {"$gt": 1}}},
    ]
    for found in events.aggregate(by_key, allowDiskUse=True):
        yield Finding(
            UUID(bytes=found["case_id"]), 0, "key", f"key {found['_id']} stands on {found['count']} entries"
        )


def _batches(database: Database[dict[str, Any]], session: Any, part: Range) -> Iterator[Report]:
    bounds = {"$gte": Binary(part.start.bytes, 4), "$lt": Binary(part.end.bytes, 4)}
    snapshots = database[CASES].find({"_id": bounds}, session=session).sort("_id", 1)
    log = database[EVENTS].find({"case_id": bounds}, session=session)
    ordered = log.sort([("case_id", 1), ("seq", 1)]).batch_size(5000)
    batch: list[Checked] = []
    for case_id, snapshot, entries in _side_by_side(snapshots, ordered):
        batch.append(check_case(UUID(bytes=case_id), snapshot, entries))
        if len(batch) == TOGETHER:
            yield _report(database, session, batch)
            batch = []
    yield _report(database, session, batch)


def _side_by_side(
    snapshots: Iterable[dict[str, Any]], log: Iterable[dict[str, Any]]
) -> Iterator[tuple[bytes, dict[str, Any] | None, list[dict[str, Any]]]]:
    """Merge both, ordered by case id; either side may lack a case."""
    waiting = iter(snapshots)
    snapshot = next(waiting, None)
    for case_id, entries in groupby(log, key=lambda document: bytes(document["case_id"])):
        while snapshot and bytes(snapshot["_id"]) < case_id:
            yield bytes(snapshot["_id"]), snapshot, []
            snapshot = next(waiting, None)
        ours = snapshot if snapshot and bytes(snapshot["_id"]) == case_id else None
        yield case_id, ours, list(entries)
        if ours:
            snapshot = next(waiting, None)
    while snapshot:
        yield bytes(snapshot["_id"]), snapshot, []
        snapshot = next(waiting, None)


def _report(database: Database[dict[str, Any]], session: Any, batch: Sequence[Checked]) -> Report:
    missing = _missing_content(database, session, batch)
    findings = [finding for checked in batch for finding in checked.findings]
    return Report(len(batch), sum(checked.events for checked in batch), (*findings, *missing))


def _missing_content(
    database: Database[dict[str, Any]], session: Any, batch: Sequence[Checked]
) -> Iterator[Finding]:
    """References that lead nowhere although nobody erased the case: content was lost, or its key."""
    refs = [(checked.case_id, ref) for checked in batch for ref in checked.refs]
    owners, ids = {case_id for case_id, _ in refs}, {ref.id for _, ref in refs}
    erased, keys = (_there(database, name, session, owners) for name in (ERASURES, KEYS))
    stored = _there(database, CONTENT, session, ids) | _there(database, "photos.files", session, ids)
    for case_id, ref in refs:
        if ref.id not in stored and case_id not in erased:
            yield _lost(case_id, f"{ref.kind} {ref.id} is named in the log and not stored")
    for case_id in owners - keys - erased:
        yield _lost(case_id, "its key is gone and no erasure was recorded")


def _there(database: Database[dict[str, Any]], name: str, session: Any, ids: Iterable[UUID]) -> set[UUID]:
    wanted = [Binary(each.bytes, 4) for each in ids]
    if not wanted:
        return set()
    found = database[name].find({"_id": {"$in": wanted}}, {"_id": 1}, session=session)
    return {UUID(bytes=document["_id"]) for document in found}


def _lost(case_id: UUID, what: str) -> Finding:
    return Finding(case_id, 0, "content", what)


def _together(reports: Iterable[Report]) -> Report:
    every = list(reports)
    findings = tuple(finding for report in every for finding in report.findings)
    return Report(sum(report.cases for report in every), sum(report.events for report in every), findings)
