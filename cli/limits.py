"""What limits go by, as the operator means it: the reviewed policies and calendars, or a file with policies not in force."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, NamedTuple, TypeVar

from cli.console import FailedError, UsageError
from libs.casework.calendar import Calendars, parse_calendars
from libs.casework.calendar.calendars import HolidaysFile
from libs.casework.deadlines.policies import Policies, UnknownPolicy, parse_policies
from libs.plumbing.data import DataUnreadable, parsed, read_parsed

T = TypeVar("T")
HELP = "id of a version, or a policies file (its newest version, unless --version names another)"


class Meant(NamedTuple):
    """`version` of `policies`; `text` is the file's, None for the reviewed data."""

    policies: Policies
    version: str
    text: str | None


def meant(policy: str, version: str | None = None) -> Meant:
    """What `policy` and `--version` name. Raises `UsageError` with file and line."""
    if not _is_file(policy):
        if version not in (None, policy):
            raise UsageError(f"--version goes with a file; {policy} is a version itself")
        return _found(in_data(), policy, None)
    text = _text(Path(policy))
    try:
        policies = parsed(text, policy, parse_policies)
    except DataUnreadable as error:
        raise UsageError(str(error)) from None
    return _found(policies, version or policies.policies[-1].id, text)


def in_data() -> Policies:
    """The reviewed policies as they lie in the data folder. Raises `FailedError` with file and line."""
    return _read("policies.yaml", parse_policies)


def calendars() -> Calendars:
    """The reviewed calendars as they lie in the data folder. Raises `FailedError` with file and line."""
    holidays = _read("holidays.yaml", HolidaysFile.model_validate)
    return _read("calendars.yaml", lambda data: parse_calendars(data, holidays))


def _read(name: str, parse: Callable[[Mapping[str, Any]], T]) -> T:
    try:
        return read_parsed(name, parse)
    except DataUnreadable as error:
        raise FailedError(str(error)) from None


def _is_file(policy: str) -> bool:
    return policy.endswith((".yaml", ".yml")) or Path(policy).is_file()


def _text(file: Path) -> str:
    try:
        return file.read_text("utf-8")
    except UnicodeDecodeError as error:
        raise UsageError(f"{file} is not UTF-8: byte {error.start}") from None
    except OSError as error:
        raise UsageError(f"cannot read {file}: {error.strerror}") from None


def _found(policies: Policies, version: str, text: str | None) -> Meant:
    try:
        return Meant(policies, policies.get(version).id, text)
    except UnknownPolicy as error:
        raise UsageError(str(error)) from None
