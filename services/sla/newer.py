"""Writing what is made from logs: two may read a case at once, and the one who has read less must not have the last word."""

from collections.abc import Iterable

from pymongo import UpdateOne
from pymongo.asynchronous.collection import AsyncCollection
from pymongo.errors import BulkWriteError

from libs.plumbing.mongo import Document

_DUPLICATE = 11000


async def put_newer(collection: AsyncCollection[Document], documents: Iterable[Document]) -> None:
    """Set the fields of these, each with `_id` and the `seq` it was made at; one that was made from a longer log stands."""
    updates = [_update(each) for each in documents]
    if not updates:
        return
    try:
        await collection.bulk_write(updates, ordered=False)
    except BulkWriteError as error:
        if any(each["code"] != _DUPLICATE for each in error.details["writeErrors"]):
            raise


def _update(document: Document) -> UpdateOne:
    # Where a newer one stands, the filter misses it and the upsert runs into its id.
    new = {name: value for name, value in document.items() if name != "_id"}
    return UpdateOne({"_id": document["_id"], "seq": {"$lte": document["seq"]}}, {"$set": new}, upsert=True)
