"""What a report looks like when it comes in, over HTTP and as the data of a message at the door."""

from typing import Annotated
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StrictBool

from libs.stages.bodies import Photos
from libs.stages.commands import Body, Text
from libs.stages.words import Line, Words

REPORT_SUBMITTED = "banjie.report.submitted.v1"
"""The CloudEvents type of a report at the door."""

Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9_-]{1,48}$")]


class Part(BaseModel):
    """Frozen and closed: an unknown field is refused by name."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class Point(Part):
    """Longitude and latitude in degrees, WGS 84."""

    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]


class Contact(Part):
    """How to reach the reporter; kept only when they consent."""

    name: Annotated[Line, Field(max_length=50)] | None = None
    phone: Annotated[str, Field(pattern=r"^\+?[0-9][0-9 -]{2,23}$")] | None = None
    consent: StrictBool


class Report(Part):
    """A report. Words, point, address and contact are personal; the rest is not.

    `happened_at`: when it was seen, if not now. `seen_on_spot`: somebody who may say so has looked at it.
    """

    text: Words
    place: Point | None = None
    address: Line | None = None
    grid: Code | None = None
    contact: Contact | None = None
    category: Code | None = None
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
