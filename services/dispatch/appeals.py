"""The office's rules about appeals of units (申诉), as `data/appeals.yaml` holds them. Pure."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.categories import Row


class Term(Row):
    """A number of days of 24 hours, and where it was read."""

    value: Annotated[int, Field(ge=1, le=366)]
    source: str
    note: str | None = None


class AppealTerms(BaseModel):
    """The office's rules about appeals, as `data/appeals.yaml` holds them."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    schema_name: str = Field(alias="schema")
    version: str
    within_days: Term


def parse_appeals(data: Mapping[str, Any]) -> AppealTerms:
    """The terms in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return AppealTerms.model_validate(data)
