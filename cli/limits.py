"""What limits go by, as the operator means it: the reviewed policies and calendars, or a file with policies not in force."""

from pathlib import Path
from typing import NamedTuple

from pydantic import ValidationError

from cli.console import FailedError, UsageError
from libs.casework.calendar import Calendars, parse_calendars
from libs.casework.deadlines.policies import Policies, UnknownPolicy, parse_policies
from libs.plumbing.data import DataUnreadable, parsed, read_yaml

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
    """The reviewed policies as they lie in the data folder."""
    return parse_policies(read_yaml("policies.yaml"))


def calendars() -> Calendars:
    """The reviewed calendars as they lie in the data folder."""
    try:
        return parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    except DataUnreadable as error:
        raise FailedError(str(error)) from None
    except ValidationError as error:
        first = error.errors()[0]
        where = ".".join(map(str, first["loc"]))
        raise FailedError(f"calendars.yaml or holidays.yaml: {where}: {first['msg']}") from None


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
