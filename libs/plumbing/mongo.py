"""MongoDB clients from the settings, and which errors mean "away, try again"."""

from typing import Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from libs.plumbing.settings import Settings

Document = dict[str, Any]
SELECTION_MS = 3000
_AWAY = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)


def mongo_client(settings: Settings, **more: Any) -> AsyncMongoClient[Document]:
    """The asynchronous client: majority read and write concern, journalled, retried writes."""
    return AsyncMongoClient(settings.mongo_uri, **_options(settings), **more)


def mongo_client_sync(settings: Settings, **more: Any) -> MongoClient[Document]:
    """The same, synchronous: for the command line and the watchdog's thread."""
    return MongoClient(settings.mongo_uri, **_options(settings), **more)


def away(error: BaseException) -> bool:
    """Whether the error means that the database cannot be reached now and the work can be tried again."""
    if isinstance(error, _AWAY):
        return True
    return isinstance(error, PyMongoError) and error.has_error_label("RetryableWriteError")


def _options(settings: Settings) -> dict[str, Any]:
    options: dict[str, Any] = {
        "appname": f"banjie-{settings.service}",
        "w": "majority",
        "journal": True,
        "readConcernLevel": "majority",
        "retryWrites": True,
        "serverSelectionTimeoutMS": SELECTION_MS,
        "uuidRepresentation": "standard",
        "tz_aware": True,
    }
    if settings.mongo_user and settings.mongo_password:
        options["username"] = settings.mongo_user
        options["password"] = settings.mongo_password.get_secret_value().strip()
        if "authsource=" not in settings.mongo_uri.lower():
            options["authSource"] = "admin"
    return options
