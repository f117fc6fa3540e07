"""Extra fields that a category asks for (表单项): declared in the reviewed data, judged here, the same at every door."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from enum import StrEnum
from typing import Annotated, NamedTuple, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

FieldValue = bool | int | float | str
"""What a field holds: yes or no, a number, a text, the id of a choice, a date as YYYY-MM-DD."""

LONGEST = 200
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}")


class FieldKind(StrEnum):
    """What may be filled in."""

    TEXT = "text"
    NUMBER = "number"
    CHOICE = "choice"
    DATE = "date"
    YES_NO = "yes_no"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Option(_Row):
    """One answer that a choice offers."""

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    zh: str
    en: str


class FormField(_Row):
    """One field of a category. `least` and `most` bound a number, both included; `options` are a choice's answers.

    `private`: sealed like words. What people write in their own words always is: nobody knows what they write.
    """

    id: Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,31}$")]
    zh: str
    en: str
    kind: FieldKind
    required: bool = False
    private: bool = False
    least: float | None = None
    most: float | None = None
    longest: Annotated[int, Field(ge=1, le=2000)] = LONGEST
    options: tuple[Option, ...] = ()

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if (self.kind is FieldKind.NUMBER) != self._bounded():
            raise ValueError(f"a number has bounds, least and most, and nothing else has: {self.id}")
        if (self.kind is FieldKind.CHOICE) != bool(self.options):
            raise ValueError(f"a choice has options and nothing else has: {self.id}")
        if self.kind is FieldKind.TEXT and not self.private:
            raise ValueError(f"the text {self.id} is private: nobody knows what people write in it")
        return self

    def _bounded(self) -> bool:
        return self.least is not None and self.most is not None and self.least <= self.most

    @property
    def allowed(self) -> tuple[str, ...]:
        """What may be filled in, as a person reads it."""
        return {
            FieldKind.TEXT: (f"a text of 1 to {self.longest} characters",),
            FieldKind.NUMBER: (f"a number from {self.least or 0:g} to {self.most or 0:g}",),
            FieldKind.CHOICE: tuple(option.id for option in self.options),
            FieldKind.DATE: ("a date: YYYY-MM-DD",),
            FieldKind.YES_NO: ("true", "false"),
        }[self.kind]

    def fits(self, value: FieldValue) -> bool:
        """Whether `value` may be filled in."""
        if self.kind is FieldKind.YES_NO:
            return isinstance(value, bool)
        if self.kind is FieldKind.NUMBER:
            return _number(value) and (self.least or 0) <= float(value) <= (self.most or 0)
        if not isinstance(value, str):
            return False
        if self.kind is FieldKind.CHOICE:
            return value in self.allowed
        return _date(value) if self.kind is FieldKind.DATE else 0 < len(value) <= self.longest


class Misfit(NamedTuple):
    """The field that is wrong, why, and what is allowed there."""

    field: str
    detail: str
    allowed: tuple[str, ...]


def misfit(form: Sequence[FormField], given: Mapping[str, FieldValue]) -> Misfit | None:
    """The first thing wrong with what was filled in, in the order of the form; None when all of it fits."""
    known = {field.id: field for field in form}
    for field in form:
        if field.id not in given:
            if field.required:
                return Misfit(field.id, f"{field.id} ({field.zh}) is required", field.allowed)
        elif not field.fits(given[field.id]):
            return Misfit(field.id, f"{field.id} ({field.zh}) does not take this value", field.allowed)
    stranger = next((name for name in given if name not in known), None)
    return None if stranger is None else Misfit(stranger, f"there is no field {stranger}", tuple(known))


def parted(
    form: Sequence[FormField], given: Mapping[str, FieldValue]
) -> tuple[dict[str, FieldValue], dict[str, FieldValue]]:
    """What may stand in the log, and what has to be sealed; both in the order of the form."""
    open_ = {each.id: given[each.id] for each in form if each.id in given and not each.private}
    return open_, {each.id: given[each.id] for each in form if each.id in given and each.private}


def _number(value: FieldValue) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _date(value: str) -> bool:
    try:
        return bool(_DATE.fullmatch(value) and date.fromisoformat(value))
    except ValueError:
        return False
