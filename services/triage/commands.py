"""What people may want of triage: the command table, and the pure decision behind each row."""

from dataclasses import dataclass

from libs.casework.case import Case
from libs.casework.categories import Catalogue, Subclass
from libs.casework.entry import Actor
from libs.casework.events.model import Event
from libs.casework.events.triage import (
    Classified,
    ConfirmationAsked,
    Confirmed,
    Filed,
    Linked,
    Merged,
    Reinstated,
    Rejected,
    Split,
    Unlinked,
)
from libs.casework.lifecycle import step
from libs.casework.offices import Offices
from libs.casework.places import Level, Place, Places
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service, Urgency
from libs.stages.bodies import Said
from libs.stages.commands import Body, CommandKind, CommandTable, Decide, Decision, Sealed, table
from libs.stages.judged import first_words, judged
from services.triage import joining
from services.triage.bodies import (
    Classification,
    Confirmation,
    ConfirmationWish,
    LinkTo,
    Merge,
    Part,
    Reinstatement,
    Rejection,
    Splitting,
    Unlink,
)
from services.triage.matter import graver
from services.triage.rules import filed
from services.triage.splitting import in_part, nothing_to_copy, too_many_links

NOT_FOUND = "not_found"
CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
ON_THE_SPOT = frozenset({Role.GRID_WORKER, Role.CLERK})


@dataclass(frozen=True, slots=True)
class Desk:
    """The decisions, with the reviewed data that they go by."""

    catalogue: Catalogue
    places: Places
    offices: Offices
    reasons: Reasons
    version: str

    def file(self, case: Case, actor: Actor, body: Classification, sealed: Sealed) -> Decision:
        """The clerk files it: classified as the clerk says, and filed."""
        classified = self._classified(case, body, "file")
        if isinstance(classified, Refusal):
            return classified
        return classified, filed(classified, case.source)

    def reclassify(self, case: Case, actor: Actor, body: Classification, sealed: Sealed) -> Decision:
        """Another category, urgency or grid for an open case; what it was before stays in its log."""
        classified = self._classified(case, body, "reclassify")
        return classified if isinstance(classified, Refusal) else (classified,)

    def reject(self, case: Case, actor: Actor, body: Rejection, sealed: Sealed) -> Decision:
        """It is no case, for one of the reasons of the office's list."""
        if self.reasons.get("rejected", body.reason) is None:
            detail = f"{body.reason} is no reason to reject a case"
            allowed = self.reasons.codes("rejected")
            return Refusal(Why.INVALID, detail, case.stage, "reject", allowed, "reason")
        return (Rejected(reason=body.reason, words=first_words(sealed)),)

    def confirm(self, case: Case, actor: Actor, body: Confirmation, sealed: Sealed) -> Decision:
        """Somebody looked: it is there and filed, or it is not and rejected."""
        row = step(case.stage, Confirmed.name(), Service.TRIAGE)
        if isinstance(row, Refusal):
            return row
        confirmed = Confirmed(found=body.found, evidence=sealed.photos, words=first_words(sealed))
        if not body.found:
            return confirmed, Rejected(reason=NOT_FOUND)
        if case.category is None:
            return _no(case, "confirm", "category", "a clerk has to say first what it is")
        return confirmed, Filed(
            category=case.category, source=case.source, grid=case.grid, community=case.community
        )

    def ask_confirmation(self, case: Case, actor: Actor, body: ConfirmationWish, sealed: Sealed) -> Decision:
        """Somebody is sent to look; the category and the grid have to be known, or be said now."""
        category, grid = body.category or case.category, body.grid or case.grid
        if category is None or grid is None:
            missing = "grid" if category else "category"
            return _no(case, "ask_confirmation", missing, f"say the {missing}: none is known yet")
        if body == ConfirmationWish():
            return (ConfirmationAsked(grid=grid),)
        classified = self._classified(case, Classification(category=category, grid=grid), "ask_confirmation")
        if isinstance(classified, Refusal):
            return classified
        return classified, ConfirmationAsked(grid=classified.grid)

    def reinstate(self, case: Case, actor: Actor, body: Reinstatement, sealed: Sealed) -> Decision:
        """Taken up again, for one of the office's reasons."""
        return joining.reinstate(case, actor, body, sealed, self.reasons)

    def split(self, case: Case, actor: Actor, body: Splitting, sealed: Sealed) -> Decision:
        """What each of the parts is, in their order: its own case says so."""
        refused = nothing_to_copy(case) or too_many_links(case, body)
        if refused:
            return refused
        parts: list[Event] = []
        for number, part in enumerate(body.parts):
            classified = self._classified(case, part, "split")
            if isinstance(classified, Refusal):
                return in_part(classified, number)
            parts.append(classified)
        return tuple(parts)

    def _classified(self, case: Case, body: Classification | Part, attempted: str) -> Classified | Refusal:
        subclass = self.catalogue.get(body.category)
        if subclass is None:
            return _no(case, attempted, "category", f"there is no category {body.category}")
        grid = self.places.get(body.grid) if body.grid else None
        if body.grid and (grid is None or grid.level is not Level.GRID):
            return _no(case, attempted, "grid", f"there is no grid {body.grid}")
        if body.public and subclass.private:
            return _no(case, attempted, "public", f"{subclass.id} is never public")
        return Classified(
            category=subclass.id,
            urgency=body.urgency or _urgency(case, subclass),
            public=_public(case, body, subclass),
            data_version=self.version,
            because=("by_hand",),
            office=self._office(case, grid),
            grid=grid.code if grid else case.grid,
            community=self.places.whereabouts(grid).community if grid else case.community,
            compound=case.compound if grid is None or grid.code == case.grid else None,
        )

    def _office(self, case: Case, grid: Place | None) -> str:
        street = self.places.whereabouts(grid).street if grid else None
        office = self.offices.of_street(street) if street else None
        return office.code if office else case.office


def command_table(desk: Desk) -> CommandTable:
    """Everything that people may ask of triage."""
    return table(
        _row("file", "立案", Classification, Filed, desk.file),
        _row("reject", "不予立案", Rejection, Rejected, desk.reject),
        CommandKind("confirm", "核实反馈", Confirmation, ON_THE_SPOT, desk.confirm),
        _row("reclassify", "重新分类", Classification, Classified, desk.reclassify),
        _row("ask_confirmation", "下发核实", ConfirmationWish, ConfirmationAsked, desk.ask_confirmation),
        _row("merge", "并案", Merge, Merged, joining.merge),
        _row("unmerge", "撤销并案", Said, Reinstated, joining.unmerge),
        _row("reinstate", "恢复受理", Reinstatement, Reinstated, desk.reinstate),
        _row("link", "关联", LinkTo, Linked, joining.link),
        _row("unlink", "解除关联", Unlink, Unlinked, joining.unlink),
    )


def split_table(desk: Desk) -> CommandTable:
    """The one command that opens cases: it has a desk of its own (`services.triage.opening`)."""
    return table(_row("split", "拆分", Splitting, Split, desk.split))


def _row(name: str, zh: str, body: type[Body], event: type[Event], decide: Decide) -> CommandKind:
    return CommandKind(name, zh, body, CLERKS, judged(Service.TRIAGE, event, decide))


def _urgency(case: Case, subclass: Subclass) -> Urgency:
    """Until a category was given, the urgency is that of the words: a category does not make danger less."""
    heard = case.urgency if case.category is None else None
    return graver(heard, subclass.urgency) if heard else subclass.urgency


def _public(case: Case, body: Classification | Part, subclass: Subclass) -> bool:
    wanted = case.public if body.public is None else body.public
    return wanted and not subclass.private


def _no(case: Case, attempted: str, field: str, detail: str) -> Refusal:
    return Refusal(Why.INVALID, detail, case.stage, attempted, field=field)
