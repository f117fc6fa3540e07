"""MongoDB clients from the settings, and which errors mean "away, try again"."""

from typing import Any

from pymongo import AsyncMongoClient, MongoClient
from pymongo.errors import (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    OperationFailure,
    PyMongoError,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)

from libs.plumbing.ends import RefusedToStartError
from libs.plumbing.settings import Settings

Document = dict[str, Any]
SELECTION_MS = 3000
AUTHENTICATION_FAILED = 18
_AWAY = (
    AutoReconnect,
    ConnectionFailure,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
    WaitQueueTimeoutError,
)


class MongoRefusedError(RefusedToStartError):
    """The database answers and refuses our user."""


def mongo_client(settings: Settings, **more: Any) -> AsyncMongoClient[Document]:
    """The asynchronous client: majority read and write concern, journalled, retried writes."""
    return AsyncMongoClient(settings.mongo_uri, **_options(settings), **more)


def mongo_client_sync(settings: Settings, **more: Any) -> MongoClient[Document]:
    """The same, synchronous: for the command line and the watchdog's thread."""
    return MongoClient(settings.mongo_uri, **_options(settings), **more)


async def check_mongo(client: AsyncMongoClient[Document], settings: Settings) -> None:
    """Sign in once; `MongoRefusedError` for a wrong user or password."""
    try:
        await client.admin.command("ping")
    except OperationFailure as error:
        if error.code != AUTHENTICATION_FAILED:
            raise
        raise MongoRefusedError(
            f"MongoDB refuses user {settings.mongo_user!r}: wrong password, or no such user "
            "(BANJIE_MONGO_USER, file mongo_password)"
        ) from None


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
    return options | credentials(settings)


def credentials(settings: Settings) -> dict[str, str]:
    """User, password and where they are known, as options of a client; a secret. Empty for a server without users."""
    if not (settings.mongo_user and settings.mongo_password):
        return {}
    found = {
        "username": settings.mongo_user,
        "password": settings.mongo_password.get_secret_value().strip(),
    }
    return found if "authsource=" in settings.mongo_uri.lower() else found | {"authSource": "admin"}
