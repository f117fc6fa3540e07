"""What an error says to whoever typed the command: one line, and an exit code. Never a traceback."""

import httpx
import typer
from aiokafka.errors import KafkaError as StreamError
from pymongo.errors import OperationFailure, PyMongoError
from starlette.exceptions import HTTPException
from typer.exceptions import TyperException

from cli.console import FailedError, UsageError
from cli.main import INTERRUPTED, TRACEBACK
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.kafka_admin import quiet_import
from libs.plumbing.ends import RefusedToStartError
from libs.plumbing.mongo import AUTHENTICATION_FAILED
from libs.plumbing.principals import PrincipalError
from libs.plumbing.settings import SettingsError

with quiet_import():
    from kafka.errors import KafkaError

FAILURE, USAGE = 1, 2


def line_and_code(error: Exception) -> tuple[str, int]:
    """The line, without the command's name before it, and the exit code: 2 for what was typed, 1 for what went wrong."""
    if isinstance(error, typer.Abort):
        return "interrupted", INTERRUPTED
    if isinstance(error, TyperException):
        return error.format_message().rstrip(".") + _where_to_look(error), USAGE
    if isinstance(error, UsageError | SettingsError | PrincipalError):
        return str(error), USAGE
    if isinstance(error, FailedError | EmbeddedError | RefusedToStartError):
        return str(error), FAILURE
    return _from_outside(error) or _unexpected(error), FAILURE


def _where_to_look(error: TyperException) -> str:
    context = getattr(error, "ctx", None)
    return f"; see: {context.command_path} --help" if context else ""


def _from_outside(error: Exception) -> str | None:
    if isinstance(error, PyMongoError):
        return _mongodb(error)
    if isinstance(error, KafkaError | StreamError):
        return f"Kafka does not answer as it should ({type(error).__name__}); see: banjie status"
    if isinstance(error, httpx.HTTPError):
        return f"no answer over HTTP ({type(error).__name__}); see: banjie status"
    if isinstance(error, HTTPException):
        return error.detail
    if isinstance(error, OSError):
        return f"{error.filename or 'system'}: {error.strerror or type(error).__name__}"
    return None


def _mongodb(error: PyMongoError) -> str:
    if isinstance(error, OperationFailure):
        refused = "the user or password" if error.code == AUTHENTICATION_FAILED else str(error.code)
        return f"MongoDB refuses: {refused} ({type(error).__name__})"
    return f"MongoDB does not answer ({type(error).__name__}); see: banjie status"


def _unexpected(error: Exception) -> str:
    # Only the type: the message of an error nobody foresaw may quote what a person wrote.
    return f"unexpected {type(error).__name__}; {TRACEBACK}=1 shows where"
