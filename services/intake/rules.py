"""Whether a report is taken in, for which office, and what of it is kept. Pure."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal

from libs.casework.addresses import Found
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
from services.intake.asked import (
    Fields,
    filled_in,
    kept,
    located,
    no,
    unclear_location,
    wrong_consent,
    wrong_fields,
)
from services.intake.bodies import Report
from services.intake.policy import Policy

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
    policy: Policy


@dataclass(frozen=True, slots=True)
class Opening:
    """A report that is taken in: everything but its case number and the references to its sealed words."""

    reporter: Reporter
    office: str
    texts: tuple[Text, ...]
    category: str | None
    grid: str | None
    seen_on_spot: bool
    on_behalf: bool
    fields: Fields
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
            on_behalf=self.on_behalf or None,
            fields=self.fields or None,
            contents=contents,
        )


Check = Callable[[Report, Reporter, Guide, datetime], Refusal | None]


def known_category(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A declared category is one of the catalogue's."""
    if report.category is None or guide.catalogue.get(report.category):
        return None
    allowed = tuple(subclass.id for subclass in guide.catalogue.subclasses)
    return no("category", f"there is no category {report.category}", *allowed)


def known_grid(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A declared grid is one of ours."""
    place = guide.places.get(report.grid) if report.grid else None
    if report.grid is None or (place and place.level is Level.GRID):
        return None
    return no("grid", f"there is no grid {report.grid}")


def known_office(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A named office is served here."""
    office = reporter.office or report.office
    if office is None or guide.offices.get(office):
        return None
    return no("office", f"there is no office {office}", *(each.code for each in guide.offices.offices))


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


def may_speak_for_others(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """Only staff and grid workers take down what a caller tells them."""
    if not report.on_behalf or reporter.source in _SEES:
        return None
    detail = "only grid workers and staff report on behalf of a caller"
    return Refusal(Why.NOT_ALLOWED, detail, attempted="report", allowed=_SEES, field="on_behalf")


def fields_as_asked(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """The declared category gets the fields that it asks for, and no others."""
    return wrong_fields(report, guide.catalogue)


def clear_location(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """A typed address is one of ours."""
    return unclear_location(report, guide.places)


def clear_consent(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """Consent says for what, in the office's words."""
    return wrong_consent(report, guide.policy, micros(now))


def in_our_time(report: Report, reporter: Reporter, guide: Guide, now: datetime) -> Refusal | None:
    """It happened in the past year, not in the future."""
    if report.happened_at is None:
        return None
    if report.happened_at > now + _AHEAD:
        return Refusal(
            Why.FROM_THE_FUTURE, "happened_at lies in the future", attempted="report", field="happened_at"
        )
    if report.happened_at < now - _BEHIND:
        return no("happened_at", "happened_at lies more than a year back")
    return None


CHECKS: tuple[Check, ...] = (
    known_category,
    known_grid,
    known_office,
    own_office,
    may_have_seen,
    may_speak_for_others,
    fields_as_asked,
    clear_location,
    clear_consent,
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
    place, (shown, private) = located(report, guide.places), filled_in(report, guide.catalogue)
    grid = report.grid or (place.grid if place else None)
    on_behalf = bool(report.on_behalf)
    return Opening(
        reporter,
        reporter.office or report.office or office_of_place(report, grid, place, guide),
        kept(report, place, private, guide.policy, now),
        None if report.category == UNKNOWN else report.category,
        grid,
        # What a caller tells was seen by nobody of ours, unless they say so.
        (reporter.saw and not on_behalf) if report.seen_on_spot is None else report.seen_on_spot,
        on_behalf,
        shown,
        happened_at if report.happened_at is None else micros(report.happened_at),
    )


def office_of_place(report: Report, grid: str | None, place: Found | None, guide: Guide) -> str:
    """The office whose street holds the grid or the one place that was typed or the words name, else the default office."""
    known = guide.places.get(grid) if grid else place.place if place else None
    named = guide.places.named_in(f"{report.address or ''}\n{report.text}")
    where = guide.places.whereabouts(known) if known else named[0] if len(named) == 1 else None
    office = guide.offices.of_street(where.street) if where and where.street else None
    return office.code if office else guide.default_office
