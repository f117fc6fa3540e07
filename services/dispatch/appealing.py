"""A unit finds a mark unjust (申诉): it appeals, and somebody without a part in the case decides. Pure; on the whole log.

A mark is an entry of the log that counts against a unit: its return, a failed check of its work, a deadline that passed while it
led. An appeal that is upheld changes nothing of what happened: the mark stays in the log and does not count.
"""

from collections.abc import Mapping, Sequence

from libs.casework.calendar.amount import DAY
from libs.casework.case import Appeal, Case
from libs.casework.entry import Actor, Entry
from libs.casework.events.appeals import AppealDecided, Appealed, Mark
from libs.casework.events.closure import CheckFailed
from libs.casework.events.dispatch import Dispatched, HandedOver, Returned
from libs.casework.events.model import Event
from libs.casework.events.oversight import ContentViewed, DeadlineBreached
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from services.dispatch.appeals import AppealTerms
from services.dispatch.bodies import AppealAnswer, WantedAppeal
from services.dispatch.rules import Policy

MOST_APPEALS = 20
"""In one case: they stand in the snapshot, which every command reads."""

MARKED_BY: Mapping[Mark, type[Event]] = {
    Mark.RETURN: Returned,
    Mark.REWORK: CheckFailed,
    Mark.OVERDUE: DeadlineBreached,
}
"""Which event makes which mark."""


def appeal(
    case: Case,
    actor: Actor,
    body: WantedAppeal,
    sealed: Sealed,
    log: Sequence[Entry],
    policy: Policy,
    now: int,
) -> Decision:
    """The unit that has the mark appeals against it, once, within the term."""
    marked = _marked(case, body, log)
    if isinstance(marked, Refusal):
        return marked
    unit = bearer(log, marked)
    refused = (
        not_a_reason(case, "appeal", "appealed", body.reason, policy.reasons)
        or _not_the_bearer(case, actor, unit)
        or _appealed_before(case, marked)
        or _too_many(case)
        or _too_late(case, marked, policy.appeals, now)
    )
    if refused or unit is None:
        return refused or ()
    said = Appealed(
        mark=body.mark, entry=marked.seq, unit=unit, reason=body.reason, words=first_words(sealed)
    )
    return (said,)


def decide(
    case: Case, actor: Actor, body: AppealAnswer, sealed: Sealed, log: Sequence[Entry], policy: Policy
) -> Decision:
    """Somebody without a part in the case upholds the appeal or refuses it, for a reason of the list."""
    appealed = _appeal(case, body.appeal)
    if isinstance(appealed, Refusal):
        return appealed
    refused = _involved(case, actor, appealed, log) or not_a_reason(
        case, "decide_appeal", "appeal_decided", body.reason, policy.reasons
    )
    said = AppealDecided(
        appeal=appealed.appeal, upheld=body.upheld, reason=body.reason, words=first_words(sealed)
    )
    return refused or (said,)


def bearer(log: Sequence[Entry], marked: Entry) -> str | None:
    """The unit that a mark counts against: that which led when it was made; None when nobody did."""
    lead: str | None = None
    for entry in log:
        if entry.seq >= marked.seq:
            break
        if isinstance(entry.data, Dispatched | HandedOver):
            lead = entry.data.lead
        elif isinstance(entry.data, Returned):
            lead = None
    return lead


def _marked(case: Case, body: WantedAppeal, log: Sequence[Entry]) -> Entry | Refusal:
    """The entry that is meant: the one that is named, or the newest with such a mark."""
    marks = [entry for entry in log if isinstance(entry.data, MARKED_BY[body.mark])]
    if not marks:
        kinds = tuple(mark.value for mark in Mark if _has(log, mark))
        which = f"of that kind: {body.mark} ({body.mark.zh})" if kinds else "that an appeal could be against"
        detail = f"this case has no mark {which}"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "appeal", kinds)
    if body.entry is None:
        return marks[-1]
    named = next((entry for entry in marks if entry.seq == body.entry), None)
    detail = f"entry {body.entry} of the log is no {body.mark} ({body.mark.zh})"
    return named or wrong(case, "appeal", "entry", detail, *(str(entry.seq) for entry in marks))


def _has(log: Sequence[Entry], mark: Mark) -> bool:
    return any(isinstance(entry.data, MARKED_BY[mark]) for entry in log)


def _not_the_bearer(case: Case, actor: Actor, unit: str | None) -> Refusal | None:
    if unit is None:
        detail = "no unit led the case then: the mark counts against nobody"
        return Refusal(Why.NOT_ALLOWED, detail, case.stage, "appeal")
    if actor.unit == unit:
        return None
    detail = f"an appeal is for the unit that the mark counts against: {unit}"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "appeal", (unit,))


def _appealed_before(case: Case, marked: Entry) -> Refusal | None:
    before = next((each for each in case.appeals if each.entry == marked.seq), None)
    if before is None:
        return None
    state = {None: "not decided yet", True: "upheld", False: "refused"}[before.upheld]
    detail = f"there is an appeal against entry {marked.seq} already, at {before.appeal}: {state}"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "appeal")


def _too_many(case: Case) -> Refusal | None:
    if len(case.appeals) < MOST_APPEALS:
        return None
    detail = f"this case has {MOST_APPEALS} appeals already; the office looks at the case as a whole"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "appeal")


def _too_late(case: Case, marked: Entry, terms: AppealTerms, now: int) -> Refusal | None:
    until = marked.at + terms.within_days.value * DAY
    if now <= until:
        return None
    detail = f"the term to appeal against entry {marked.seq} ended on {instant(until)}"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "appeal")


def _appeal(case: Case, named: int | None) -> Appeal | Refusal:
    """The appeal that is meant: the one that is named, or the only open one."""
    waiting = [each for each in case.appeals if each.upheld is None]
    if not waiting:
        detail = "no appeal waits for a decision in this case"
        return Refusal(Why.NOT_THIS_STAGE, detail, case.stage, "decide_appeal", ("appeal",))
    if named is None and len(waiting) == 1:
        return waiting[0]
    found = next((each for each in waiting if each.appeal == named), None)
    detail = "several appeals are open: say which" if named is None else f"there is no open appeal {named}"
    return found or wrong(case, "decide_appeal", "appeal", detail, *(str(each.appeal) for each in waiting))


def _involved(case: Case, actor: Actor, appealed: Appeal, log: Sequence[Entry]) -> Refusal | None:
    """Who said anything about the case has a part in it; a look, and an earlier decision of this kind, is none."""
    said = any(
        entry.actor.id == actor.id and not isinstance(entry.data, ContentViewed | AppealDecided)
        for entry in log
    )
    if said:
        detail = "you have a part in this case: somebody else decides the appeal"
    elif actor.unit is not None and actor.unit == appealed.unit:
        detail = f"you belong to the unit that appeals ({appealed.unit}): somebody else decides"
    else:
        return None
    allowed = ("another supervisor of the office", Role.ADMINISTRATOR)
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "decide_appeal", allowed)
