"""After closing: patrols (后续巡查), the call to the resident (回访), their rating, taking it up again. Pure."""

from libs.casework.case import Case
from libs.casework.closing import patrol_dates
from libs.casework.entry import Actor
from libs.casework.events.closure import CalledBack, PatrolPlanned, Rated, Reopened
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role
from libs.casework.wire import instant
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import first_words, not_a_reason, wrong
from libs.stages.scope import holds
from services.closure.bodies import CallBack, Patrol, Rating, Reopening
from services.closure.rules import Policy


def patrol(case: Case, actor: Actor, body: Patrol, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """Somebody looks again after closing, beside what the category has by itself."""
    dates = patrol_dates(now, body.every_days, body.times)
    return (PatrolPlanned(grid=case.grid, every_days=body.every_days, times=body.times, dates=dates),)


def called_back(case: Case, actor: Actor, body: CallBack, sealed: Sealed, policy: Policy) -> Decision:
    """The resident was called: reached or not, and how they rate it; not by who had the work, and not for ever."""
    rates = body.score is not None and body.solved is not None
    refused = (
        _asks_about_own_work(case, actor)
        or _called_enough(case, policy)
        or _half_a_rating(case, body)
        or (_rated_already(case, "call_back") if rates else None)
    )
    if refused:
        return refused
    words = first_words(sealed)
    if body.score is None or body.solved is None:
        return (CalledBack(reached=body.reached, words=words),)
    return CalledBack(reached=True), Rated(score=body.score, solved=body.solved, words=words)


def rated(case: Case, actor: Actor, body: Rating, sealed: Sealed) -> Decision:
    """How the resident found it, once for each closing."""
    refused = _rated_already(case, "rate")
    return refused or (Rated(score=body.score, solved=body.solved, words=first_words(sealed)),)


def reopened(case: Case, actor: Actor, body: Reopening, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """Taken up again within the term of the category: by its resident for a resident's reasons, by the office for any."""
    resident = actor.role is Role.RESIDENT
    refused = (
        not_a_reason(case, "reopen", "reopened", body.reason, policy.reasons)
        or _too_late(case, policy, now, resident=resident)
        or (_not_a_residents_reason(case, body, policy) if resident else None)
    )
    return refused or (Reopened(reason=body.reason, words=first_words(sealed)),)


def _rated_already(case: Case, attempted: str) -> Refusal | None:
    if not (case.rating and case.rating.generation == case.generation):
        return None
    detail = "it was rated already; it can be rated again when it was reopened and closed again"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, attempted)


def _asks_about_own_work(case: Case, actor: Actor) -> Refusal | None:
    if not holds(case, actor) and actor.id not in case.acted:
        return None
    detail = "who had the work does not ask the resident how it went (回访)"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "call_back", ("somebody else of the office",))


def _called_enough(case: Case, policy: Policy) -> Refusal | None:
    most = policy.terms.calls.attempts
    if case.calls < most:
        return None
    detail = f"the resident was called {case.calls} times since it was closed; {most} are enough"
    return Refusal(Why.NOT_ALLOWED, detail, case.stage, "call_back")


def _half_a_rating(case: Case, body: CallBack) -> Refusal | None:
    given = [name for name in ("score", "solved") if getattr(body, name) is not None]
    if given and not body.reached:
        return wrong(case, "call_back", given[0], "nobody was reached: there is nothing to rate", "reached")
    if len(given) != 1:
        return None
    (lacking,) = {"score", "solved"} - set(given)
    return wrong(
        case, "call_back", lacking, "a rating has both: score (1 to 5) and solved", "score", "solved"
    )


def _too_late(case: Case, policy: Policy, now: int, *, resident: bool) -> Refusal | None:
    assert case.closed_at is not None, "the table lets only a closed case be reopened"
    until = policy.terms.reopen_until(case.category, case.closed_at, resident=resident)
    if now <= until:
        return None
    still = policy.terms.reopen_until(case.category, case.closed_at, resident=False)
    by_office = resident and now <= still
    detail = f"the term to take this case up again ended on {instant(until)}"
    advice = f"; the office may until {instant(still)}" if by_office else "; please report it anew"
    allowed = (Role.CLERK,) if by_office else ("a new report",)
    return Refusal(Why.NOT_ALLOWED, detail + advice, case.stage, "reopen", allowed)


def _not_a_residents_reason(case: Case, body: Reopening, policy: Policy) -> Refusal | None:
    allowed = policy.terms.reopen_reasons_of_residents
    if body.reason in allowed:
        return None
    return wrong(case, "reopen", "reason", f"{body.reason} is a reason of the office", *allowed)
