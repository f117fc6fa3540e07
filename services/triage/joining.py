"""Cases that belong together: merged into one (并案), taken apart again, linked (关联). Pure.

Each log says its own side, all in one append. A merged case follows the case that it was merged into, also when that is
merged in its turn: nothing is written anew, so taking one apart leaves its own followers with it.
"""

from collections.abc import Callable
from uuid import UUID

from libs.casework.case import Case, Link, end_of
from libs.casework.entry import Actor
from libs.casework.events.triage import Linked, Merged, Reinstated, Unlinked
from libs.casework.lifecycle import step
from libs.casework.reasons import Reasons
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service, Stage, Tie, Urgency
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.joint import Joint
from libs.stages.judged import first_words, not_a_reason, wrong
from services.triage.bodies import LinkTo, Merge, Reinstatement, Unlink

BY_HAND = ("by_hand",)
NOT_THE_SAME = "not_the_same"
MOST_LINKS = 50
UNDONE_OTHERWISE = frozenset({Tie.DUPLICATE, Tie.SPLIT_FROM, Tie.SPLIT_INTO, Tie.RECURS})
_NOT_YET_FILED = (Stage.REPORTED, Stage.CONFIRMING)
_GRAVITY = tuple(Urgency)

Check = Callable[[Case, Case], str | None]
"""Why a duplicate cannot be merged into an original; None when nothing speaks against it."""


def itself(duplicate: Case, original: Case) -> str | None:
    """A case is not its own duplicate, nor one of a case that was merged into it."""
    return "this is the case itself, or one that was merged into it" if duplicate.id == original.id else None


def of_another_office(duplicate: Case, original: Case) -> str | None:
    """What it was merged into has gone to another office since."""
    return (
        None if duplicate.office == original.office else "what it was merged into is with another office now"
    )


def has_ended(duplicate: Case, original: Case) -> str | None:
    """What comes back after closing is a new case, or a reason to reopen the old one."""
    if original.open:
        return None
    stage = f"{original.stage} ({original.stage.zh})"
    return f"{original.number} is {stage}: link the two, or have that one taken up again first"


def differ_in_privacy(duplicate: Case, original: Case) -> str | None:
    """Whoever reported the public one would follow the private one, or the other way round."""
    if known_private(duplicate) == known_private(original):
        return None
    return f"one of the two is private and the other is public ({original.number}): reclassify first if that is wrong"


def graver(duplicate: Case, original: Case) -> str | None:
    """The danger that it tells of would be lost."""
    if gravity(duplicate) <= gravity(original):
        return None
    return f"it is {duplicate.urgency}, {original.number} is not: raise that one's urgency first (reclassify)"


def comes_first(duplicate: Case, original: Case) -> str | None:
    """What was filed goes on before what was not; of two that were or were not, the earlier one."""
    if standing(original) <= standing(duplicate):
        return None
    return f"it comes before {original.number}: merge that one into this one"


CHECKS: tuple[Check, ...] = (itself, of_another_office, has_ended, differ_in_privacy, graver, comes_first)


def merge(case: Case, actor: Actor, body: Merge, sealed: Sealed) -> Decision:
    """It, and the others that are named, are the same as another case."""
    original = end_of(body.into, sealed.beside)
    duplicates = (case, *(sealed.beside[other] for other in dict.fromkeys(body.also) if other != case.id))
    for duplicate in duplicates:
        refused = _unmergeable(case, duplicate, original)
        if refused:
            return refused
    merged = Merged(into=original.id, because=BY_HAND)
    told = tuple(Linked(other=duplicate.id, how=Tie.DUPLICATE) for duplicate in duplicates)
    return Joint(
        (merged.model_copy(update={"words": first_words(sealed)}),),
        (*((duplicate, (merged,)) for duplicate in duplicates[1:]), (original, told)),
    )


def unmerge(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
    """It was not the same: a clerk looks at it again, and the original has one follower less."""
    if case.stage is not Stage.MERGED:
        detail = f"only a merged case is unmerged, this one is {case.stage} ({case.stage.zh})"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "unmerge", ("reinstate",))
    return _taken_up(case, Reinstated(reason=NOT_THE_SAME, words=first_words(sealed)), sealed)


def reinstate(case: Case, actor: Actor, body: Reinstatement, sealed: Sealed, reasons: Reasons) -> Decision:
    """A rejected, merged or withdrawn case is taken up again: a clerk looks at it."""
    refused = not_a_reason(case, "reinstate", "reinstated", body.reason, reasons)
    return refused or _taken_up(case, Reinstated(reason=body.reason, words=first_words(sealed)), sealed)


def link(case: Case, actor: Actor, body: LinkTo, sealed: Sealed) -> Decision:
    """The two belong together; each log says what the other is."""
    other = sealed.beside[body.other]
    refused = _unlinkable(case, other, body.how)
    return refused or Joint(
        (Linked(other=other.id, how=body.how),), ((other, (Linked(other=case.id, how=body.how.back),)),)
    )


def unlink(case: Case, actor: Actor, body: Unlink, sealed: Sealed) -> Decision:
    """They do not belong together; what was merged or split is undone in its own way, or not at all."""
    other = sealed.beside[body.other]
    ties = tuple(each.how for each in case.linked if each.other == other.id)
    ours = tuple(how for how in ties if how not in UNDONE_OTHERWISE)
    if not ours:
        linked = tuple(str(each.other) for each in case.linked if each.how not in UNDONE_OTHERWISE)
        if not linked:
            detail = "this case has no link that could be undone"
            return Refusal(Why.NOT_ALLOWED, detail, case.stage, "unlink", ("link",))
        return wrong(
            case, "unlink", "other", f"there is no link to {other.number} that could be undone", *linked
        )
    here = tuple(Unlinked(other=other.id, how=how) for how in ours)
    there = tuple(Unlinked(other=case.id, how=how.back) for how in ours)
    return Joint(here, ((other, there),))


def known_private(case: Case) -> bool:
    """Somebody or a rule has said what it is, and that it is not for the public."""
    return case.category is not None and not case.public


def gravity(case: Case) -> int:
    """How urgent it is, the more the higher; nothing said is normal."""
    return _GRAVITY.index(case.urgency or Urgency.NORMAL)


def standing(case: Case) -> tuple[bool, int, UUID]:
    """Orders cases by which of them goes on: filed before not yet filed, then the earlier one."""
    return (case.stage in _NOT_YET_FILED, case.reported_at, case.id)


def _unmergeable(case: Case, duplicate: Case, original: Case) -> Refusal | None:
    row = step(duplicate.stage, Merged.name(), Service.TRIAGE)
    if isinstance(row, Refusal):
        return row
    found = next((detail for check in CHECKS if (detail := check(duplicate, original))), None)
    if found is None:
        return None
    who = "" if duplicate is case else f"{duplicate.number}: "
    return wrong(case, "merge", "into" if duplicate is case else "also", who + found)


def _taken_up(case: Case, reinstated: Reinstated, sealed: Sealed) -> Decision:
    original = sealed.beside.get(case.merged_into) if case.merged_into else None
    if original is None:
        return (reinstated,)
    return Joint((reinstated,), ((original, (Unlinked(other=case.id, how=Tie.DUPLICATE),)),))


def _unlinkable(case: Case, other: Case, how: Tie) -> Refusal | None:
    """Why the two are not linked so. Parents have no parents: so nothing goes round in a circle."""
    if other.id == case.id:
        return wrong(case, "link", "other", "a case is not linked to itself")
    if Link(other=other.id, how=how) in case.linked:
        return wrong(case, "link", "other", f"{other.number} is linked as its {how} already")
    if max(len(case.linked), len(other.linked)) >= MOST_LINKS:
        return wrong(case, "link", "other", f"a case has at most {MOST_LINKS} links")
    if how in (Tie.PARENT, Tie.CHILD):
        child, parent = (case, other) if how is Tie.PARENT else (other, case)
        return _not_of_two_levels(case, child, parent)
    if Link(other=other.id, how=how.back) in case.linked and how.back is not how:
        return wrong(case, "link", "how", f"{other.number} is its {how.back} already", how.back)
    return None


def _not_of_two_levels(case: Case, child: Case, parent: Case) -> Refusal | None:
    if any(each.how is Tie.PARENT for each in (*child.linked, *parent.linked)):
        return wrong(
            case, "link", "how", "a case has one parent, and a parent has none of its own", Tie.RELATED
        )
    if any(each.how is Tie.CHILD for each in child.linked):
        return wrong(case, "link", "how", f"{child.number} has children of its own", Tie.RELATED)
    return None
