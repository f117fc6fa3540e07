"""What a report is asked beside its words: the fields of its category, a typed address, consent to a contact. Pure."""

from pydantic_core import to_json

from libs.casework.addresses import Found, Unclear, resolve
from libs.casework.calendar.zones import micros
from libs.casework.categories import Catalogue
from libs.casework.fields import FieldValue, misfit, parted
from libs.casework.places import Places
from libs.casework.refusal import Refusal, Why
from libs.casework.wire import instant
from libs.stages.commands import Text
from services.intake.bodies import Contact, Report
from services.intake.policy import Policy

Fields = dict[str, FieldValue]


def no(field: str, detail: str, *allowed: str) -> Refusal:
    """A report that names what cannot be."""
    return Refusal(Why.INVALID, detail, attempted="report", allowed=allowed, field=field)


def wrong_fields(report: Report, catalogue: Catalogue) -> Refusal | None:
    """The first of the declared category's fields that is missing or does not fit, by name."""
    subclass = catalogue.get(report.category) if report.category else None
    if subclass is None:
        return no("fields", "fields belong to a category: name it") if report.fields else None
    wrong = misfit(subclass.fields, report.fields)
    return no(f"fields.{wrong.field}", wrong.detail, *wrong.allowed) if wrong else None


def filled_in(report: Report, catalogue: Catalogue) -> tuple[Fields, Fields]:
    """What of the fields may stand in the log, and what has to be sealed."""
    subclass = catalogue.get(report.category) if report.category else None
    return parted(subclass.fields, report.fields) if subclass else ({}, {})


def unclear_location(report: Report, places: Places) -> Refusal | None:
    """A typed address that is unknown, means several places, or lies outside the declared grid."""
    if report.location is None:
        return None
    found = resolve(report.location.typed(), places)
    if isinstance(found, Unclear):
        return no(f"location.{found.part}", found.detail, *found.candidates)
    if report.grid and found.grid and report.grid != found.grid:
        return no("grid", f"{found.place.zh} lies in another grid than {report.grid}", found.grid)
    return None


def located(report: Report, places: Places) -> Found | None:
    """Where the typed address is; None when none was typed."""
    found = resolve(report.location.typed(), places) if report.location else None
    return found if isinstance(found, Found) else None


def wrong_consent(report: Report, policy: Policy, now: int) -> Refusal | None:
    """Consent is for purposes of the office's list, and was not given in the future. `now` in µs UTC."""
    contact = report.contact
    unknown = [each for each in contact.consent_for if each not in policy.consent_codes] if contact else []
    if unknown:
        detail = f"nobody is asked for consent to {unknown[0]}"
        return no("contact.consent_for", detail, *policy.consent_codes)
    if contact and contact.consented_at and micros(contact.consented_at) > now + 300_000_000:
        detail, field = "consented_at lies in the future", "contact.consented_at"
        return Refusal(Why.FROM_THE_FUTURE, detail, attempted="report", field=field)
    return None


def kept(report: Report, place: Found | None, private: Fields, policy: Policy, now: int) -> tuple[Text, ...]:
    """What is personal in a report, by kind, to be sealed; the contact only with consent, and with what it is for."""
    texts = [Text("text", report.text)]
    if report.place:
        texts.append(Text("point", to_json(report.place).decode()))
    address = "，".join(part for part in (place.words if place else None, report.address) if part)
    if address:
        texts.append(Text("address", address))
    if report.contact and report.contact.consent and (report.contact.name or report.contact.phone):
        texts.append(Text("contact", to_json(_contact(report.contact, policy, now)).decode()))
    if private:
        texts.append(Text("fields", to_json(private).decode()))
    return tuple(texts)


def _contact(contact: Contact, policy: Policy, now: int) -> dict[str, object]:
    """Consent that names nothing is for everything that people are asked."""
    given = {name: value for name in ("name", "phone") if (value := getattr(contact, name))}
    at = micros(contact.consented_at) if contact.consented_at else now
    return given | {"consent_for": contact.consent_for or policy.consent_codes, "consented_at": instant(at)}
