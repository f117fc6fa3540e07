"""Several matters in one report (拆分): what each part is, and how its case begins. Pure."""

from dataclasses import replace

from libs.casework.case import Case
from libs.casework.categories import Catalogue
from libs.casework.events.model import ContentRef, Event
from libs.casework.events.triage import Classified, ConfirmationAsked, SplitOff
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Stage, Urgency
from libs.stages.judged import wrong
from services.triage.bodies import Splitting
from services.triage.joining import MOST_LINKS
from services.triage.rules import filed

COPIED = frozenset({"point", "address", "contact"})
"""What of the report goes with every part: who works on one has to find the place and the person, by its own key."""


def nothing_to_copy(case: Case) -> Refusal | None:
    """Parts are found by the place and the person of their report."""
    if not case.erased:
        return None
    detail = "the personal content of this case was erased"
    return Refusal(Why.ERASED, detail, case.stage, "split")


def too_many_links(case: Case, body: Splitting) -> Refusal | None:
    """A case keeps its links in its snapshot: a bounded number."""
    if len(case.linked) + len(body.parts) <= MOST_LINKS:
        return None
    return wrong(case, "split", "parts", f"a case has at most {MOST_LINKS} links")


def in_part(refusal: Refusal, number: int) -> Refusal:
    """The refusal of one part, with its place in the body."""
    return replace(refusal, field=f"parts.{number}.{refusal.field}")


def begins(
    lead: Case, number: str, classified: Classified, contents: tuple[ContentRef, ...], catalogue: Catalogue
) -> tuple[Event, ...]:
    """How a part's case begins: where its lead stands, it is seen on the spot first; otherwise it is filed."""
    opened = SplitOff(
        number=number,
        source=lead.source,
        channel="http",
        publisher=lead.publisher,
        seen_on_spot=lead.seen_on_spot,
        grid=classified.grid,
        contents=contents,
        out_of=lead.id,
    )
    if _seen_with_its_lead(lead, classified, catalogue):
        return opened, classified, ConfirmationAsked(grid=classified.grid)
    return opened, classified, filed(classified, lead.source)


def _seen_with_its_lead(lead: Case, classified: Classified, catalogue: Catalogue) -> bool:
    subclass = catalogue.get(classified.category)
    to_see = subclass is not None and subclass.confirm_on_spot and not subclass.private
    return lead.stage is Stage.CONFIRMING and to_see and classified.urgency is not Urgency.EMERGENCY
