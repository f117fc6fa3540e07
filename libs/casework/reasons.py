"""Reason codes: why a step was taken, in a word that may leave the system. What was said beside it is sealed."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.categories import Row


class Reason(Row):
    """One reason with its names on screens."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,47}$")]
    zh: str
    en: str


class Reasons(BaseModel):
    """Reasons by step (`rejected`, `returned`, `check_failed`, …: the event's type)."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    reasons: dict[str, tuple[Reason, ...]]

    def codes(self, step: str) -> tuple[str, ...]:
        """The codes that may be given for `step`, in the order of the list."""
        return tuple(reason.code for reason in self.reasons.get(step, ()))

    def get(self, step: str, code: str) -> Reason | None:
        """The reason behind a code, or None when the office's list has none such."""
        return next((reason for reason in self.reasons.get(step, ()) if reason.code == code), None)


def parse_reasons(data: Mapping[str, Any]) -> Reasons:
    """The reasons in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Reasons.model_validate(data)
