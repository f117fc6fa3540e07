"""One telling example of every event, from the story of the broken hoarding (破损围挡). Ids and times never change."""

from uuid import UUID

from libs.casework.calendar.amount import parse_amount
from libs.casework.deadlines.vocabulary import Told
from libs.casework.events import ContentRef, Event, appeals, closure, dispatch, intake, oversight, triage
from libs.casework.vocabulary import Role, Service, Source, Tie, Urgency

MINUTE = 60_000_000
BEGAN_AT = 1_793_930_400_000_000
"""2026-11-06 02:00 UTC, 10:00 in Datong: when the first sample was reported (µs)."""
DATA_VERSION = "2026-11-24"
GRID, COMMUNITY = "140213053902001", "140213053902"
COMPOUND = "140213053902001-01"
OTHER_CASE = UUID("0193f000-0000-7000-8000-00000000000b")


def _content(kind: str, number: int) -> ContentRef:
    return ContentRef(
        id=UUID(int=0x0193_F000_0000_7C00_8000_0000_0000_0000 + number), kind=kind, digest="5e" * 32
    )


WORDS, NOTE, PHOTO, AFTER = (
    _content("words", 1),
    _content("note", 2),
    _content("photo", 3),
    _content("photo", 4),
)
ITEMS = (
    dispatch.WorkItem(id="dismantle", unit="pmc", words=NOTE, due_at=BEGAN_AT + 600 * MINUTE),
    dispatch.WorkItem(id="clear", unit="dist_sanitation"),
    dispatch.WorkItem(id="beautify", unit="community"),
)
ORDERED_AT = 25
"""The seq of the order in the first of the lives below."""
RETURNED_AT, APPEALED_AT = 10, 29
"""The seqs of the return in the first life, and of the appeal against it."""
STABLE = closure.Answered(point="ho03", answer=closure.Point.NOT_APPLICABLE)
CLEARED = closure.Answered(point="ho11", answer=closure.Point.YES, remark=NOTE)
GUESS = triage.Suggestion(category="hoarding", score=0.93, because=("围挡", "破损"))

EXAMPLES: tuple[Event, ...] = (
    intake.Reported(
        number="YB-2026-000001",
        source=Source.RESIDENT,
        channel="http",
        declared_category="hoarding",
        grid=GRID,
        contents=(WORDS, PHOTO),
    ),
    intake.DetailsAdded(contents=(PHOTO,)),
    intake.Withdrawn(words=NOTE),
    triage.Classified(
        category="hoarding",
        urgency=Urgency.NORMAL,
        public=True,
        office="yingbin",
        grid=GRID,
        community=COMMUNITY,
        compound=COMPOUND,
        because=("words", "place"),
        suggestions=(GUESS,),
        data_version=DATA_VERSION,
    ),
    triage.QueuedForClerk(
        because=("two_categories",),
        urgency=Urgency.URGENT,
        office="yingbin",
        grid=GRID,
        community=COMMUNITY,
        compound=COMPOUND,
        suggestions=(GUESS,),
        data_version=DATA_VERSION,
    ),
    triage.DuplicatesSuggested(
        of=(
            triage.Likeness(
                other=OTHER_CASE,
                score=0.82,
                metres=10,
                apart=95 * MINUTE,
                words=("围挡",),
                because=("same_category", "near", "recent", "words_alike"),
            ),
        ),
        data_version=DATA_VERSION,
    ),
    triage.ConfirmationAsked(grid=GRID),
    triage.Confirmed(found=True, evidence=(PHOTO,), words=NOTE),
    triage.Filed(category="hoarding", source=Source.RESIDENT, grid=GRID, community=COMMUNITY),
    triage.Rejected(reason="not_found", words=NOTE),
    triage.Merged(into=OTHER_CASE, because=("by_hand",), words=NOTE),
    triage.Split(into=(OTHER_CASE,)),
    triage.SplitOff(
        number="YB-2026-000002",
        source=Source.RESIDENT,
        channel="http",
        grid=GRID,
        contents=(WORDS,),
        out_of=OTHER_CASE,
    ),
    triage.Linked(other=OTHER_CASE, how=Tie.RECURS),
    triage.Unlinked(other=OTHER_CASE, how=Tie.RECURS),
    triage.Reinstated(reason="new_facts", words=NOTE),
    dispatch.UnitUndecided(because=("no_owner_known",)),
    dispatch.Dispatched(
        lead="pmc",
        helpers=("dist_sanitation", "community"),
        copies=("office_urban",),
        because=("inside_compound",),
        data_version=DATA_VERSION,
    ),
    dispatch.Planned(items=ITEMS),
    dispatch.Accepted(),
    dispatch.Returned(reason="other_owner", words=NOTE),
    dispatch.HandedOver(lead="office_urban", reason="owner_found"),
    dispatch.Started(),
    dispatch.ItemDone(item="dismantle", evidence=(AFTER,), words=NOTE),
    dispatch.Noted(words=NOTE),
    dispatch.SuspensionAsked(reason="weather", until=BEGAN_AT + 2880 * MINUTE, words=NOTE),
    dispatch.SuspensionRefused(words=NOTE),
    dispatch.Suspended(reason="weather", approver="s-0007", until=BEGAN_AT + 2880 * MINUTE),
    dispatch.SuspensionReviewed(until=BEGAN_AT + 5760 * MINUTE, words=NOTE),
    dispatch.Resumed(),
    dispatch.ExtensionAsked(
        reason="hard_work", clock="resolution", by=parse_amount("2 work_day"), words=NOTE
    ),
    dispatch.ExtensionRefused(words=NOTE),
    dispatch.Extended(
        reason="hard_work", approver="s-0007", clock="resolution", by=parse_amount("2 work_day")
    ),
    dispatch.ResidentAwaited(words=NOTE),
    dispatch.ResidentAnswered(words=NOTE),
    dispatch.Resolved(evidence=(AFTER,), words=NOTE),
    dispatch.ReworkOrdered(items=("clear",)),
    dispatch.AttentionOrdered(words=NOTE, limit=parse_amount("4 work_hour")),
    dispatch.AttentionAnswered(order=ORDERED_AT, evidence=(AFTER,), words=NOTE),
    appeals.Appealed(
        mark=appeals.Mark.RETURN, entry=RETURNED_AT, unit="pmc", reason="not_our_duty", words=NOTE
    ),
    appeals.AppealDecided(appeal=APPEALED_AT, upheld=True, reason="proved", words=NOTE),
    closure.CheckPlanned(role=Role.CHECKER, not_unit="pmc", because=("public_case",)),
    closure.CheckPassed(evidence=(AFTER,), words=NOTE, points=(STABLE, CLEARED), checklist=DATA_VERSION),
    closure.CheckFailed(
        reason="half_done",
        items=("clear",),
        evidence=(AFTER,),
        words=NOTE,
        points=(closure.Answered(point="ho11", answer=closure.Point.NO, remark=NOTE),),
        checklist=DATA_VERSION,
    ),
    closure.Closed(),
    closure.PatrolPlanned(grid=GRID, every_days=7, times=4),
    closure.CalledBack(reached=True, words=NOTE),
    closure.Rated(score=5, solved=True, words=NOTE),
    closure.Reopened(reason="came_back", words=NOTE),
    oversight.DeadlineWarned(clock="resolution", generation=1, due_at=BEGAN_AT + 900 * MINUTE),
    oversight.DeadlineBreached(clock="resolution", generation=1, due_at=BEGAN_AT + 900 * MINUTE),
    oversight.DeadlineEscalated(
        clock="resolution",
        generation=1,
        due_at=BEGAN_AT + 900 * MINUTE,
        level=4,
        tell=(Told.OFFICE, Told.SUPERVISOR),
    ),
    oversight.PolicyChanged(from_version="2026-11", to_version="2027-01", reason="new_rules"),
    oversight.ContentViewed(kinds=("words", "photo"), purpose="on_spot_check"),
    oversight.ContentErased(basis="term_over"),
    oversight.Parked(service=Service.DISPATCH, record="banjie.triage/3@17", reason="died_three_times"),
    oversight.Unparked(service=Service.DISPATCH, words=NOTE),
)

LIVES: tuple[str, ...] = (
    "reported details_added queued_for_clerk confirmation_asked confirmed classified filed unit_undecided "
    "dispatched returned dispatched accepted planned started item_done noted suspension_asked suspension_refused "
    "suspended suspension_reviewed resumed extension_asked extension_refused "
    "extended attention_ordered attention_answered deadline_warned deadline_breached "
    "appealed appeal_decided resolved check_planned check_failed rework_ordered "
    "started resolved check_planned check_passed closed patrol_planned called_back rated linked content_viewed reopened "
    "parked unparked dispatched handed_over resident_awaited resident_answered "
    "content_erased deadline_escalated unlinked policy_changed",
    "reported rejected reinstated",
    "reported merged",
    "reported withdrawn",
    "reported duplicates_suggested split",
    "split_off classified filed",
)
"""Cases told from beginning to end; together they hold every event."""
