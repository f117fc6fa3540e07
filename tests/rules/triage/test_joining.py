"""What belongs together: merged into the case that goes on, taken apart, linked; and why not."""

from typing import Any
from uuid import UUID

import pytest

from libs.casework.case import Case, Link
from libs.casework.events.triage import Linked, Merged, Reinstated, Unlinked
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import ENDED, Role, Stage, Tie, Urgency
from libs.stages.bodies import Said
from libs.stages.commands import Decision, Sealed
from libs.stages.joint import Joint
from services.triage import joining
from services.triage.bodies import LinkTo, Merge, Reinstatement, Unlink
from services.triage.commands import Desk, command_table
from tests.support.cases import a_case_at, a_content, an_actor, new_id
from tests.support.reference import catalogue, offices, places, reasons

CLERK = an_actor(Role.CLERK)
TABLE = command_table(Desk(catalogue(), places(), offices(), reasons(), "test"))


def asked(command: str, case: Case, body: Any, *beside: Case, **sealed: Any) -> Decision:
    known = {each.id: each for each in (case, *beside)}
    return TABLE[command].decide(case, CLERK, body, Sealed(beside=known, **sealed))


def merged(case: Case, original: Case, *beside: Case, **body: Any) -> Decision:
    return asked("merge", case, Merge(into=original.id, **body), original, *beside)


def joint(decision: Decision) -> Joint:
    assert isinstance(decision, Joint), decision
    return decision


def why_not(decision: Decision) -> Refusal:
    assert isinstance(decision, Refusal), decision
    return decision


def a_case(stage: Stage = Stage.FILED, minutes: int = 0, **instead: Any) -> Case:
    """A public, classified case, reported so many minutes after the others."""
    said = {"public": True, "category": "hoarding", "urgency": Urgency.NORMAL}
    case = a_case_at(stage)
    return case.model_copy(update=said | {"reported_at": case.reported_at + minutes} | instead)


def test_a_case_is_merged_into_an_earlier_one_and_both_logs_say_so() -> None:
    original, case, words = a_case(), a_case(minutes=5), a_content()
    decision = joint(asked("merge", case, Merge(into=original.id, words="同一处"), original, texts=(words,)))
    assert decision.events == (Merged(into=original.id, because=("by_hand",), words=words),)
    assert decision.others == ((original, (Linked(other=case.id, how=Tie.DUPLICATE),)),)


def test_several_go_into_one_and_the_original_hears_of_each() -> None:
    original, case, second, third = a_case(), *(a_case(minutes=n) for n in (1, 2, 3))
    decision = joint(merged(case, original, second, third, also=(second.id, third.id, second.id)))
    assert [other.id for other, _ in decision.others] == [second.id, third.id, original.id]
    assert [said.other for said in decision.others[-1][1]] == [case.id, second.id, third.id]  # type: ignore[attr-defined]


def test_what_goes_into_a_merged_case_goes_into_its_original() -> None:
    last = a_case()
    between = a_case_at(Stage.MERGED, merged_into=last.id)
    first = a_case_at(Stage.MERGED, merged_into=between.id)
    decision = joint(merged(a_case(minutes=9), first, between, last))
    assert decision.events[0] == Merged(into=last.id, because=("by_hand",))


@pytest.mark.parametrize("stage", sorted(ENDED - {Stage.MERGED}))
def test_nothing_is_merged_into_a_case_that_has_ended(stage: Stage) -> None:
    original = a_case(stage)
    refusal = why_not(merged(a_case(minutes=1), original))
    assert (refusal.code, refusal.field, refusal.attempted) == (Why.INVALID, "into", "merge")
    assert original.number in refusal.detail
    assert stage.zh in refusal.detail


@pytest.mark.parametrize("stage", [each for each in Stage if each not in {"reported", "confirming", "filed"}])
def test_what_a_unit_has_or_what_has_ended_is_not_merged(stage: Stage) -> None:
    refusal = why_not(merged(a_case(stage), a_case()))
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "merged.v1")


def test_a_case_is_not_merged_into_itself_nor_into_what_follows_it() -> None:
    case = a_case()
    follower = a_case_at(Stage.MERGED, merged_into=case.id)
    assert "itself" in why_not(merged(case, case)).detail
    assert "itself" in why_not(merged(case, follower)).detail


def test_private_and_public_do_not_go_together() -> None:
    private, public = a_case(public=False), a_case(minutes=1)
    for one, other in ((public, private), (a_case(minutes=1, public=False), a_case())):
        assert "private" in why_not(merged(one, other)).detail
    assert joint(merged(a_case(minutes=1, public=False), private))
    unread = a_case(Stage.REPORTED, minutes=1, public=False, category=None)
    assert joint(merged(unread, a_case())), "nobody has said yet that it is private"


def test_a_graver_case_is_not_lost_in_a_lesser_one() -> None:
    original, case = a_case(), a_case(minutes=1, urgency=Urgency.EMERGENCY)
    assert "raise" in why_not(merged(case, original)).detail
    assert joint(merged(case, original.model_copy(update={"urgency": Urgency.EMERGENCY})))


def test_the_earlier_goes_on_unless_only_the_later_was_filed() -> None:
    early, late = a_case(), a_case(minutes=1)
    assert "merge that one into this one" in why_not(merged(early, late)).detail
    queued = a_case(Stage.REPORTED)
    assert joint(merged(queued, late))
    assert "comes before" in why_not(merged(late, queued)).detail


def test_what_has_gone_to_another_office_since_takes_nothing_in() -> None:
    gone = a_case(office="shuibosi")
    follower = a_case_at(Stage.MERGED, merged_into=gone.id)
    assert "another office" in why_not(merged(a_case(minutes=1), follower, gone)).detail


def test_one_of_several_that_cannot_be_merged_is_named_and_none_is() -> None:
    original, case, closed, private = a_case(), a_case(minutes=1), a_case(Stage.CLOSED), a_case(public=False)
    assert why_not(merged(case, original, closed, also=(closed.id,))).stage is Stage.CLOSED
    refusal = why_not(merged(case, original, private, also=(private.id,)))
    assert (refusal.field, refusal.detail.split(":")[0]) == ("also", private.number)


def test_unmerging_takes_the_case_up_again_and_the_original_loses_a_follower() -> None:
    original = a_case()
    case = a_case_at(Stage.MERGED, merged_into=original.id)
    decision = joint(asked("unmerge", case, Said(), original))
    assert decision.events == (Reinstated(reason="not_the_same"),)
    assert decision.others == ((original, (Unlinked(other=case.id, how=Tie.DUPLICATE),)),)


def test_only_a_merged_case_is_unmerged() -> None:
    refusal = why_not(asked("unmerge", a_case_at(Stage.REJECTED), Said()))
    assert (refusal.code, refusal.stage, refusal.allowed) == (
        Why.NOT_THIS_STAGE,
        Stage.REJECTED,
        ("reinstate",),
    )


@pytest.mark.parametrize("stage", [Stage.REJECTED, Stage.WITHDRAWN])
def test_what_was_rejected_or_withdrawn_is_taken_up_for_a_reason_of_the_list(stage: Stage) -> None:
    case = a_case_at(stage)
    body = Reinstatement(reason="new_facts")
    assert asked("reinstate", case, body) == (Reinstated(reason="new_facts"),)
    refusal = why_not(asked("reinstate", case, Reinstatement(reason="mood")))
    assert (refusal.field, "new_facts" in refusal.allowed) == ("reason", True)


def test_a_merged_case_that_is_reinstated_leaves_its_original_too() -> None:
    original = a_case()
    case = a_case_at(Stage.MERGED, merged_into=original.id)
    decision = joint(asked("reinstate", case, Reinstatement(reason="resident_asks_again"), original))
    assert decision.others[0][1] == (Unlinked(other=case.id, how=Tie.DUPLICATE),)


@pytest.mark.parametrize("stage", [each for each in Stage if each not in {"rejected", "merged", "withdrawn"}])
def test_what_goes_on_or_is_closed_is_not_reinstated(stage: Stage) -> None:
    refusal = why_not(asked("reinstate", a_case_at(stage), Reinstatement(reason="new_facts")))
    assert (refusal.code, refusal.stage, refusal.attempted) == (Why.NOT_THIS_STAGE, stage, "reinstated.v1")


@pytest.mark.parametrize("how", [Tie.RELATED, Tie.PARENT, Tie.CHILD, Tie.CAUSE, Tie.EFFECT])
def test_a_link_stands_in_both_logs_each_from_its_own_end(how: Any) -> None:
    case, other = a_case(), a_case()
    decision = joint(asked("link", case, LinkTo(other=other.id, how=how), other))
    assert decision.events == (Linked(other=other.id, how=how),)
    assert decision.others == ((other, (Linked(other=case.id, how=how.back),)),)
    assert how.back.back is how


def linked(case: Case, *links: tuple[UUID, Tie]) -> Case:
    return case.model_copy(update={"linked": tuple(Link(other=other, how=how) for other, how in links)})


@pytest.mark.parametrize(
    ("how", "here", "there"),
    [
        (Tie.RELATED, Tie.RELATED, None),
        (Tie.CAUSE, Tie.EFFECT, None),
        (Tie.PARENT, Tie.CHILD, None),
        (Tie.PARENT, None, Tie.PARENT),
        (Tie.CHILD, Tie.PARENT, None),
    ],
)
def test_what_is_linked_already_or_would_go_round_is_refused(how: Any, here: Any, there: Any) -> None:
    case, other = a_case(), a_case()
    ours = linked(case, (other.id, here)) if here else case
    theirs = linked(other, (new_id(), there)) if there else other
    refusal = why_not(asked("link", ours, LinkTo(other=other.id, how=how), theirs))
    assert (refusal.code, refusal.attempted) == (Why.INVALID, "link")


def test_a_case_has_a_bounded_number_of_links_and_none_to_itself() -> None:
    case, other = a_case(), a_case()
    full = linked(case, *((new_id(), Tie.RELATED) for _ in range(joining.MOST_LINKS)))
    wanted = {"other": other.id, "how": Tie.RELATED}
    assert "at most" in why_not(asked("link", full, LinkTo(**wanted), other)).detail
    assert "itself" in why_not(asked("link", case, LinkTo(**wanted | {"other": case.id}))).detail


def test_unlinking_undoes_what_was_linked_by_hand_in_both_logs() -> None:
    other = a_case()
    case = linked(a_case(), (other.id, Tie.CAUSE), (other.id, Tie.SPLIT_INTO))
    decision = joint(asked("unlink", case, Unlink(other=other.id), other))
    assert decision.events == (Unlinked(other=other.id, how=Tie.CAUSE),)
    assert decision.others == ((other, (Unlinked(other=case.id, how=Tie.EFFECT),)),)


def test_a_split_or_a_missing_link_is_not_undone() -> None:
    other, third = a_case(), a_case()
    case = linked(a_case(), (other.id, Tie.SPLIT_FROM), (third.id, Tie.RELATED))
    refusal = why_not(asked("unlink", case, Unlink(other=other.id), other))
    assert (refusal.field, refusal.allowed) == ("other", (str(third.id),))


@pytest.mark.parametrize(
    "hostile",
    [{}, {"into": "x"}, {"into": 1}, {"into": str(UUID(int=1)), "also": ["y"]}, {"into": None}],
)
def test_a_hostile_merge_is_not_read(hostile: dict[str, Any]) -> None:
    with pytest.raises(ValueError):
        Merge.model_validate(hostile)
