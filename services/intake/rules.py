"""Whether a report is taken in, for which office, and what of it is kept. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from pydantic_core import to_json

from libs.casework.calendar.zones import micros
from libs.casework.categories import UNKNOWN, Catalogue
from libs.casework.entry import Actor
from libs.casework.events.intake import Reported
from libs.casework.events.model import ContentRef
from libs.casework.offices import Offices
from libs.casework.places import Level, Places
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Source
from libs.stages.commands import Text
from services.intake.bodies import Report

_SEES = (Source.GRID_WORKER, Source.STAFF)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(minutes=5)
_BEHIND = timedelta(days=366)


@dataclass(frozen=True, slots=True)
class Reporter:
    """Who reports. `office` binds the report to it; None: a resident, whose report goes where its place is.

    `saw`: what `seen_on_spot` means when the report does not say. `may_see`: whether it may say so.
    """

    actor: Actor
    source: Source
    channel: Literal["http", "kafka"]
    office: str | None = None
    publisher: str | None = None
    saw: bool = False
    may_see: bool = False


@dataclass(frozen=True, slots=True)
class Guide:
    """The reviewed data that intake goes by. `default_office` gets what names no place of ours."""

    catalogue: Catalogue
    places: Places
    offices: Offices
    default_office: str


@dataclass(frozen=True, slots=True)
class Opening:
    """A report that is taken in: everything but its case number and the references to its sealed words."""

    reporter: Reporter
    office: str
    texts: tuple[Text, ...]
    category: str | None
    grid: str | None
    seen_on_spot: bool
    happened_at: int | None

    def reported(self, number: str, contents: tuple[ContentRef, ...]) -> Reported:
        """The case's first event."""
        return Reported(
            number=number,
            source=self.reporter.source,
            channel=self.reporter.channel,
            publisher=self.reporter.publisher,
            seen_on_spot=self.seen_on_spot,
            declared_category=self.category,
            grid=self.grid,
            contents=contents,
        )


Check = Callable[[Report, Reporter, Guide, datetime], Refusal | None]


def known_category(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A declared category is one of the catalogue's."""
    if report.category is None or guide.catalogue.get(report.category):
        return None
    allowed = tuple(subclass.id for subclass in guide.catalogue.subclasses)
    return _no("category", f"there is no category {report.category}", *allowed)


def known_grid(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A declared grid is one of ours."""
    place = guide.places.get(report.grid) if report.grid else None
    if report.grid is None or (place and place.level is Level.GRID):
        return None
    return _no("grid", f"there is no grid {report.grid}")


def known_office(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A named office is served here."""
    office = reporter.office or report.office
    if office is None or guide.offices.get(office):
        return None
    return _no("office", f"there is no office {office}", *(each.code for each in guide.offices.offices))


def own_office(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """Staff and systems report to their own office."""
    if report.office is None or reporter.office in (None, report.office):
        return None
    detail = f"you report to {reporter.office}, not to {report.office}"
    return Refusal(
        Why.NOT_ALLOWED, detail, attempted="report", allowed=(str(reporter.office),), field="office"
    )


def may_have_seen(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """Only who is trusted to look may say that it was seen on the spot (核实)."""
    if not report.seen_on_spot or reporter.may_see:
        return None
    detail = "only grid workers, staff and trusted systems may say that it was seen on the spot"
    allowed = (*_SEES, "trusted publisher")
    return Refusal(Why.NOT_ALLOWED, detail, attempted="report", allowed=allowed, field="seen_on_spot")


def in_our_time(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """It happened in the past year, not in the future."""
    if report.happened_at is None:
        return None
    if report.happened_at > now + _AHEAD:
        return Refusal(
            Why.FROM_THE_FUTURE, "happened_at lies in the future", attempted="report", field="happened_at"
        )
    if report.happened_at < now - _BEHIND:
        return _no("happened_at", "happened_at lies more than a year back")
    return None


CHECKS: tuple[Check, ...] = (
    known_category,
    known_grid,
    known_office,
    own_office,
    may_have_seen,
    in_our_time,
)


def take_in(
    report: Report, reporter: Reporter, guide: Guide, now: int, happened_at: int | None = None
) -> Opening | Refusal:
    """The opening for a report, or the first check that it fails. `now` and `happened_at` (what a message says) in µs UTC."""
    moment = _EPOCH + timedelta(microseconds=now)
    for check in CHECKS:
        refused = check(report, reporter, guide, moment)
        if refused:
            return refused
    return Opening(
        reporter,
        reporter.office or report.office or office_of_place(report, guide),
        kept(report),
        None if report.category == UNKNOWN else report.category,
        report.grid,
        reporter.saw if report.seen_on_spot is None else report.seen_on_spot,
        happened_at if report.happened_at is None else micros(report.happened_at),
    )


def office_of_place(report: Report, guide: Guide) -> str:
    """The office whose street holds the grid or the one place that the words name, else the default office."""
    grid = guide.places.get(report.grid) if report.grid else None
    named = guide.places.named_in(f"{report.address or ''}\n{report.text}")
    where = guide.places.whereabouts(grid) if grid else named[0] if len(named) == 1 else None
    office = guide.offices.of_street(where.street) if where and where.street else None
    return office.code if office else guide.default_office


def kept(report: Report) -> tuple[Text, ...]:
    """What is personal in a report, by kind, to be sealed; the contact only with consent."""
    texts = [Text("text", report.text)]
    if report.place:
        texts.append(Text("point", to_json(report.place).decode()))
    if report.address:
        texts.append(Text("address", report.address))
    if report.contact and report.contact.consent and (report.contact.name or report.contact.phone):
        kept_contact = report.contact.model_dump(exclude={"consent"}, exclude_none=True)
        texts.append(Text("contact", to_json(kept_contact).decode()))
    return tuple(texts)


def _no(field: str, detail: str, *allowed: str) -> Refusal:
    return Refusal(Why.INVALID, detail, attempted="report", allowed=allowed, field=field)
