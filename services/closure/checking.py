"""What a checker says (核查): it is done, or not, point by point. Pure."""

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events.closure import Answered, CheckFailed, CheckPassed, Closed, Point
from libs.casework.events.model import ContentRef
from libs.casework.refusal import Refusal
from libs.stages.commands import Decision, Sealed
from libs.stages.judged import not_a_reason, wrong
from services.closure.bodies import Failure, Passing, Verdict
from services.closure.checklists import Checklist, CheckPoint, Photo
from services.closure.rules import Policy, not_independent, not_the_checker, patrols

_SHOWN_AS = {Photo.BEFORE: "before the work (处置前)", Photo.AFTER: "after the work (处置后)"}


def passed(case: Case, actor: Actor, body: Passing, sealed: Sealed, policy: Policy, now: int) -> Decision:
    """It is done: passed and closed, with what the checker saw, and patrols where the category has them."""
    asked = policy.checklists.of(case.category)
    refused = (
        _not_theirs(case, actor, "pass")
        or _nothing_shown(case, body)
        or _not_of_the_list(case, "pass", body, asked)
        or _does_not_hold(case, body, asked)
        or _photo_missing(case, body, sealed, asked)
    )
    if refused:
        return refused
    words, points, rest = _told(body, sealed)
    check = CheckPassed(
        evidence=sealed.photos,
        words=words,
        points=points,
        checklist=asked.version if asked.points else None,
        no_photo=rest[0] if rest else None,
    )
    return check, Closed(), *patrols(case, policy.terms, now)


def failed(case: Case, actor: Actor, body: Failure, sealed: Sealed, policy: Policy) -> Decision:
    """It is not done: back to its unit, for one of the office's reasons and with the points that do not hold."""
    asked = policy.checklists.of(case.category)
    refused = (
        _not_theirs(case, actor, "fail")
        or not_a_reason(case, "fail", "check_failed", body.reason, policy.reasons)
        or _not_planned(case, body)
        or _not_of_the_list(case, "fail", body, asked)
        or _names_no_point(case, body, asked, policy)
    )
    if refused:
        return refused
    words, points, _ = _told(body, sealed)
    return (
        CheckFailed(
            reason=body.reason,
            items=body.items,
            evidence=sealed.photos,
            words=words,
            points=points,
            checklist=asked.version if asked.points else None,
        ),
    )


def _not_theirs(case: Case, actor: Actor, attempted: str) -> Refusal | None:
    return not_independent(case, actor, attempted) or not_the_checker(case, actor, attempted)


def _nothing_shown(case: Case, body: Passing) -> Refusal | None:
    if not body.empty:
        return None
    return wrong(case, "pass", "evidence", "evidence is needed: photos, words, or both")


def _not_of_the_list(case: Case, attempted: str, body: Verdict, asked: Checklist) -> Refusal | None:
    known = tuple(point.id for point in asked.points)
    given = [each.point for each in body.points]
    unknown = next((each for each in given if each not in known), None)
    if unknown:
        detail = f"the checklist of {case.category} has no point {unknown}"
        return wrong(case, attempted, "points", detail, *known)
    twice = next((each for each in given if given.count(each) > 1), None)
    return wrong(case, attempted, "points", f"point {twice} is answered twice", *known) if twice else None


def _does_not_hold(case: Case, body: Passing, asked: Checklist) -> Refusal | None:
    answers = {each.point: each.answer for each in body.points}
    lacking = [point for point in asked.required if answers.get(point.id) in (None, Point.NO)]
    if lacking:
        named = "; ".join(_named(point, answers.get(point.id)) for point in lacking)
        detail = f"the case passes only when every required point holds or does not apply: {named}"
        return wrong(case, "pass", "points", detail, *(point.id for point in asked.required))
    if asked.required and Point.YES not in {answers[point.id] for point in asked.required}:
        detail = "all required points are said not to apply: one at least has to be seen to hold"
        return wrong(case, "pass", "points", detail, *(point.id for point in asked.required))
    return None


def _named(point: CheckPoint, answer: Point | None) -> str:
    return f"{point.id} {point.zh} ({answer or 'not answered'})"


def _photo_missing(case: Case, body: Passing, sealed: Sealed, asked: Checklist) -> Refusal | None:
    shown = {Photo.BEFORE: case.before_shown, Photo.AFTER: case.after_shown or bool(sealed.photos)}
    missing = [photo for photo in asked.photos if not shown[photo]]
    if not missing or body.no_photo:
        return None
    named = " and ".join(_SHOWN_AS[photo] for photo in missing)
    detail = f"{case.category} needs a photo of {named}; if there can be none, say why in no_photo"
    return wrong(case, "pass", "evidence", detail, "evidence", "no_photo")


def _not_planned(case: Case, body: Failure) -> Refusal | None:
    planned = tuple(state.item.id for state in case.items)
    unknown = next((item for item in body.items if item not in planned), None)
    return wrong(case, "fail", "items", f"the plan has no item {unknown}", *planned) if unknown else None


def _names_no_point(case: Case, body: Failure, asked: Checklist, policy: Policy) -> Refusal | None:
    about_evidence = body.reason in policy.terms.fail_reasons_of_evidence
    if not asked.points or about_evidence or any(each.answer is Point.NO for each in body.points):
        return None
    detail = f"say which points of the checklist of {case.category} do not hold: answer them with no"
    return wrong(case, "fail", "points", detail, *(point.id for point in asked.points))


def _told(
    body: Verdict, sealed: Sealed
) -> tuple[ContentRef | None, tuple[Answered, ...], tuple[ContentRef, ...]]:
    """The references of the words, of the points with their remarks, and what is left, in the order of `texts()`."""
    refs = iter(sealed.texts)
    words = next(refs) if body.words else None
    points = tuple(
        Answered(point=each.point, answer=each.answer, remark=next(refs) if each.remark else None)
        for each in body.points
    )
    return words, points, tuple(refs)
