"""What a report looks like when it comes in, over HTTP and as the data of a message at the door."""

import math
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, PlainValidator, StrictBool, WithJsonSchema
from pydantic_core import PydanticCustomError

from libs.casework.addresses import TypedAddress
from libs.casework.fields import FieldValue
from libs.stages.bodies import Photos
from libs.stages.commands import Body, Text
from libs.stages.words import Line, Words, cleaned

REPORT_SUBMITTED = "banjie.report.submitted.v1"
"""The CloudEvents type of a report at the door."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,48}$")]


def _unsaid(value: Any) -> bool:
    """A field that came later is written only when it says something: a retry across an update is still a retry."""
    return value is None or value in ((), {})


class Part(BaseModel):
    """Frozen and closed: an unknown field is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Point(Part):
    """Longitude and latitude in degrees, WGS 84."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Location(Part):
    """A typed address: `street`, `community` and `compound` by name or code, `building` as the compound counts them.

    `unit`: the rest, such as 2单元301. What is unknown or means several places is refused with what it may have meant.
    """

    street: Line | None = None
    community: Line | None = None
    compound: Line | None = None
    building: Annotated[Line, Field(max_length=20)] | None = None
    unit: Annotated[Line, Field(max_length=40)] | None = None

    def typed(self) -> TypedAddress:
        """For looking it up."""
        return TypedAddress(**self.model_dump())


def _filled(value: Any) -> FieldValue:
    if isinstance(value, str) and 0 < len(value) <= _LONGEST_FIELD and (text := cleaned(value)):
        return text
    if isinstance(value, bool | int | float) and math.isfinite(value) and abs(value) <= _LARGEST:
        return value
    raise PydanticCustomError("field_value", "a text of up to 2000 characters, a number, true or false")


_LONGEST_FIELD, _LARGEST = 2000, 2**53
FilledIn = Annotated[
    FieldValue, PlainValidator(_filled), WithJsonSchema({"type": ["string", "number", "boolean"]})
]


class Contact(Part):
    """How to reach the reporter (from staff: the caller); kept only when they consent.

    `consent_for`: codes of `data/intake.yaml`, none: all of them. `consented_at`: when, if not now.
    """

    name: Annotated[Line, Field(max_length=50)] | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{2,23}$")] | None = None
    consent: StrictBool
    consent_for: Annotated[tuple[Code, ...], Field(max_length=10, exclude_if=_unsaid)] = ()
    consented_at: Annotated[AwareDatetime | None, Field(exclude_if=_unsaid)] = None


class Report(Part):
    """A report. Words, point, address, contact and private fields are personal; the rest is not.

    `happened_at`: when it was seen, if not now. `seen_on_spot`: somebody who may say so has looked at it. `on_behalf`:
    staff or a grid worker reports what a caller told them. `fields`: what the category asks, by id (docs/categories.md).
    """

    text: Words
    place: Point | None = None
    address: Line | None = None
    location: Annotated[Location | None, Field(exclude_if=_unsaid)] = None
    grid: Code | None = None
    contact: Contact | None = None
    category: Code | None = None
    fields: Annotated[dict[Code, FilledIn], Field(max_length=30, exclude_if=_unsaid)] = Field(
        default_factory=dict
    )
    on_behalf: Annotated[StrictBool | None, Field(exclude_if=_unsaid)] = None
    seen_on_spot: StrictBool | None = None
    office: Code | None = None
    happened_at: AwareDatetime | None = None


class Details(Body):
    """What is added later: words, and photos (`evidence`) that were uploaded to the case before."""

    words: Words | None = None
    evidence: Photos = ()

    def texts(self) -> tuple[Text, ...]:
        """The words, if there are any."""
        return (Text("details", self.words),) if self.words else ()

    def photos(self) -> tuple[UUID, ...]:
        """The evidence."""
        return self.evidence
