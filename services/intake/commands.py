"""What may be asked of intake about a report that is a case already: take it back (撤回), add to it (补充). Pure."""

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.intake import DetailsAdded, Withdrawn
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service
from libs.stages.bodies import Said
from libs.stages.commands import CommandKind, CommandTable, Decision, Sealed, table
from libs.stages.judged import first_words, judged, wrong
from services.intake.bodies import Details

CLERKS = frozenset({Role.CLERK, Role.SUPERVISOR})
RESIDENTS = frozenset({Role.RESIDENT})


def command_table() -> CommandTable:
    """What the office does on the reporter's word."""
    return table(_withdraw(CLERKS), _details(CLERKS))


def receipt_table() -> CommandTable:
    """What whoever has the receipt code may ask."""
    return table(_withdraw(RESIDENTS), _details(RESIDENTS))


def withdraw(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """The reporter takes it back; not where others have reported the same and wait for it."""
    if case.followers:
        detail = f"{case.followers} other reports were merged into this case: it goes on for them"
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, "withdraw", ("details",))
    return (Withdrawn(words=first_words(sealed)),)


def add_details(case: Case, actor: Actor, body: Details, sealed: Sealed) -> Decision:
    """Words and photos beside the report: for people to read."""
    contents = (*sealed.texts, *sealed.photos)
    if not contents:
        return wrong(case, "details", "words", "nothing was added: words, photos, or both")
    return (DetailsAdded(contents=contents),)


def _withdraw(roles: frozenset[Role]) -> CommandKind:
    return CommandKind("withdraw", "撤回", Said, roles, judged(Service.INTAKE, Withdrawn, withdraw))


def _details(roles: frozenset[Role]) -> CommandKind:
    return CommandKind(
        "details", "补充材料", Details, roles, judged(Service.INTAKE, DetailsAdded, add_details)
    )
