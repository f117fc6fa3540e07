"""Street offices: code, names, the prefix of their case numbers, their time zone and their street."""

from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.categories import Row


class Office(Row):
    """One street office (街道办). `street` is the code of its polygon; `timezone` an IANA name."""

    code: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_-]{0,31}$")]
    zh: str
    en: str
    prefix: Annotated[str, Field(pattern=r"^[A-Z]{2,4}$")]
    timezone: str
    street: str


class Offices(BaseModel):
    """All offices that this installation serves."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    offices: tuple[Office, ...]

    def get(self, code: str) -> Office | None:
        """The office with that code, or None."""
        return next((office for office in self.offices if office.code == code), None)

    def of_street(self, street: str) -> Office | None:
        """The office that a street (place code) belongs to, or None."""
        return next((office for office in self.offices if office.street == street), None)


def parse_offices(data: Mapping[str, Any]) -> Offices:
    """The offices in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Offices.model_validate(data)
