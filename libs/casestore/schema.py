"""Collections, indexes, envelope validators, and what each service's database user may do. All of it can run twice."""

from collections.abc import Sequence
from typing import Any

from pymongo import ASCENDING, DESCENDING, IndexModel
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import CollectionInvalid

from libs.casestore.content import CONTENT, ERASURES, KEYS
from libs.casestore.documents import CASES, CLAIMS, EVENTS
from libs.casestore.searching import SEARCH
from libs.casestore.tail import PLACES

PHOTOS = ("photos.files", "photos.chunks")
NUMBERS = "numbers"
SLA_NEXT, SLA_CLOCKS = "sla_next", "sla_clocks"
TRIAGE_PLACES, CORRECTIONS = "triage_places", "triage_corrections"
BLOCKS = "intake_blocks"
SEARCHES = "searches"


def _there(path: str) -> dict[str, Any]:
    # Not {"$type": "string"}: the planner does not see that equality implies it, and reads the whole collection.
    return {path: {"$exists": True}}


def _index(name: str, *fields: str) -> IndexModel:
    return IndexModel([(field, ASCENDING) for field in fields], name=name)


INDEXES: dict[str, Sequence[IndexModel]] = {
    EVENTS: (
        IndexModel([("case_id", ASCENDING), ("seq", ASCENDING)], unique=True),
        IndexModel([("key", ASCENDING)], name="once", unique=True, partialFilterExpression=_there("key")),
        IndexModel([("at", ASCENDING)]),
    ),
    CASES: (
        IndexModel(
            [("awaits.machine", ASCENDING), ("awaits.since", ASCENDING)],
            name="sweep",
            partialFilterExpression=_there("awaits.machine"),
        ),
        IndexModel([("number", ASCENDING)], unique=True),
        IndexModel([("office", ASCENDING), ("stage", ASCENDING), ("_id", DESCENDING)]),
        IndexModel([("office", ASCENDING), ("awaits.person", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [
                ("office", ASCENDING),
                ("awaits.person", ASCENDING),
                ("urgency", ASCENDING),
                ("_id", ASCENDING),
            ],
            name="queue",
        ),
        IndexModel([("assignment.lead", ASCENDING), ("stage", ASCENDING), ("_id", DESCENDING)]),
        IndexModel(
            [("office", ASCENDING), ("suspended.until", ASCENDING), ("_id", ASCENDING)],
            name="suspended",
            partialFilterExpression=_there("suspended.since"),
        ),
    ),
    CONTENT: (IndexModel([("case_id", ASCENDING)]),),
    PHOTOS[0]: (IndexModel([("metadata.case_id", ASCENDING)]),),
    PHOTOS[1]: (IndexModel([("files_id", ASCENDING), ("n", ASCENDING)], unique=True),),
    KEYS: (),
    CLAIMS: (),
    ERASURES: (),
    NUMBERS: (),
    SLA_NEXT: (IndexModel([("at", ASCENDING)]),),
    # All that a board is filtered by stands in both, so that they answer alone: one in order of deadlines, for what is
    # overdue; one that ends where nothing is near yet, for the rest and for counting.
    SLA_CLOCKS: (
        _index("overdue", "office", "due", "_id", "blue", "yellow", "unit", "grid", "category", "clock"),
        _index("coloured", "office", "blue", "due", "yellow", "unit", "grid", "category", "clock", "_id"),
        _index("of_a_case", "case", "seq"),
    ),
    CORRECTIONS: (IndexModel([("state", ASCENDING)]),),
    TRIAGE_PLACES: (
        IndexModel([("cell", ASCENDING), ("at", DESCENDING)]),
        IndexModel([("expires", ASCENDING)], expireAfterSeconds=0),
    ),
    BLOCKS: (
        IndexModel(
            [("office", ASCENDING), ("mark", ASCENDING), ("print", ASCENDING)],
            name="once",
            unique=True,
            partialFilterExpression=_there("open"),
        ),
    ),
    SEARCH: (IndexModel([("t", ASCENDING), ("_id", DESCENDING)], name="tokens"),),
    PLACES: (),
    SEARCHES: (IndexModel([("at", ASCENDING)]),),
}

_ENVELOPE = {
    "case_id": {"bsonType": "binData"},
    "seq": {"bsonType": ["int", "long"], "minimum": 1},
    "type": {"bsonType": "string"},
    "at": {"bsonType": ["int", "long"]},
    "said_by": {"bsonType": "string"},
    "stage": {"bsonType": "string"},
    "office": {"bsonType": "string"},
    "body": {"bsonType": "binData"},
    "hash": {"bsonType": "binData"},
}
VALIDATORS: dict[str, dict[str, Any]] = {
    EVENTS: {"$jsonSchema": {"required": list(_ENVELOPE), "properties": _ENVELOPE}},
    CASES: {"$jsonSchema": {"required": ["stage", "seq", "rev", "head", "awaits"]}},
}
"""The envelope only: what an event means is decided by the table, not by the database."""

OUTGROWN = {EVENTS: ("key_1",), CASES: ("awaits.machine_1_awaits.since_1",)}
"""Indexes of earlier versions that others replace."""


async def ensure_schema(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Make what is missing: collections (a transaction cannot), validators, indexes."""
    there = set(await database.list_collection_names())
    for name, indexes in INDEXES.items():
        if name not in there:
            await _create(database, name)
        if name in VALIDATORS:
            await database.command({"collMod": name, "validator": VALIDATORS[name]})
        if indexes:
            await database[name].create_indexes(list(indexes))


async def drop_outgrown(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Remove the indexes of earlier versions that others have replaced."""
    for name, outgrown in OUTGROWN.items():
        there = await database[name].index_information()
        for index in outgrown:
            if index in there:
                await database[name].drop_index(index)


async def name_kinds(database: AsyncDatabase[dict[str, Any]]) -> None:
    """Tell the snapshots of an earlier version which types of event their logs hold."""
    together = {"$setUnion": [{"$ifNull": ["$kinds", []]}, "$$new.kinds"]}
    pipeline: list[dict[str, Any]] = [
        {"$group": {"_id": "$case_id", "kinds": {"$addToSet": "$type"}}},
        {
            "$merge": {
                "into": CASES,
                "whenMatched": [{"$set": {"kinds": together}}],
                "whenNotMatched": "discard",
            }
        },
    ]
    await (await database[EVENTS].aggregate(pipeline, allowDiskUse=True)).to_list()


async def _create(database: AsyncDatabase[dict[str, Any]], name: str) -> None:
    try:
        await database.create_collection(name)
    except CollectionInvalid:
        # Another process was faster.
        return


_READ, _INSERT, _CHANGE = ("find",), ("find", "insert"), ("find", "insert", "update")
_OWN = ("find", "insert", "update", "remove", "createIndex", "createCollection")
_WRITER = {
    EVENTS: _INSERT,
    CASES: _CHANGE,
    CONTENT: _INSERT,
    KEYS: _INSERT,
    CLAIMS: _INSERT,
    PHOTOS[0]: ("find", "insert", "createIndex"),
    PHOTOS[1]: ("find", "insert", "createIndex"),
    NUMBERS: _CHANGE,
    "publishers": _READ,
    "attempts": _OWN,
    "runs": _CHANGE,
    "leases": _CHANGE,
    "keys": _READ,
}
"""No user of a service may update or remove an event: the log is append-only by right, not by good will."""

_RELAY = {
    EVENTS: ("find", "changeStream"),
    "relay_place": _OWN,
    "relay_skipped": _OWN,
    "leases": _CHANGE,
    "followers": _READ,
    "keys": _READ,
}
_SLA: dict[str, tuple[str, ...]] = {
    EVENTS: _INSERT,
    CASES: _CHANGE,
    SLA_NEXT: ("find", "insert", "update", "remove"),
    SLA_CLOCKS: ("find", "insert", "update", "remove"),
    "attempts": _OWN,
    "runs": _CHANGE,
    "leases": _CHANGE,
    "keys": _READ,
}
"""It says that a deadline passed, and sees nobody's words."""
RIGHTS: dict[str, dict[str, tuple[str, ...]]] = {
    "intake": _WRITER
    | {BLOCKS: _CHANGE}
    | dict.fromkeys(PHOTOS, ("find", "insert", "remove", "createIndex")),
    "triage": _WRITER | {TRIAGE_PLACES: _CHANGE, CORRECTIONS: _CHANGE},
    "dispatch": _WRITER,
    "closure": _WRITER,
    "records": _WRITER
    | {KEYS: (*_INSERT, "remove"), ERASURES: _CHANGE}
    | {SEARCH: ("find", "insert", "update", "remove"), PLACES: _CHANGE, SEARCHES: ("insert",)}
    | dict.fromkeys(PHOTOS, ("find", "insert", "remove", "createIndex")),
    "relay": _RELAY,
    "sla": _SLA,
}


def privileges_of(service: str, database: str = "banjie") -> list[dict[str, Any]]:
    """What the database user of a service may do, in MongoDB's form."""
    return [
        {"resource": {"db": database, "collection": name}, "actions": list(actions)}
        for name, actions in RIGHTS[service].items()
    ]
