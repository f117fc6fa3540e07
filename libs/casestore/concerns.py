"""How the case store speaks to MongoDB: how ids are read and written, and what counts as stored."""

from typing import Any

from bson.binary import UuidRepresentation
from bson.codec_options import CodecOptions
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.read_concern import ReadConcern
from pymongo.write_concern import WriteConcern

CODEC: CodecOptions[dict[str, Any]] = CodecOptions(uuid_representation=UuidRepresentation.STANDARD)
AS_STORED: CodecOptions[dict[str, Any]] = CodecOptions()
"""Leaves ids as the bytes they are: making `UUID`s of them in the driver is half the cost of reading a snapshot, and
validating the case makes them anyway."""

ON_A_MAJORITYS_DISKS = WriteConcern(w="majority", j=True)
BY_A_MAJORITY = ReadConcern("majority")


def safe(database: AsyncDatabase[dict[str, Any]]) -> AsyncDatabase[dict[str, Any]]:
    """The database such that nothing is lost or read that a new primary would not know."""
    return database.with_options(
        codec_options=CODEC, write_concern=ON_A_MAJORITYS_DISKS, read_concern=BY_A_MAJORITY
    )
