"""Random lifecycles through `draft`: whatever is asked, the log stays a log and the snapshot its fold."""

from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from libs.casework.case import Case
from libs.casework.draft import AtRev, AtSeq, Change, Drafted, Expect, NewCase, Sealed, Whatever, draft
from libs.casework.entry import GENESIS, chain_hash, read_entry
from libs.casework.events import EVENTS, Event
from libs.casework.fold import fold
from libs.casework.lifecycle import row_of, step, steps_from
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import ENDED, Service
from tests.support.cases import OFFICE, TEN_IN_THE_MORNING, a_speaker, new_id
from tests.support.strategies import any_event, services

clocks = st.integers(min_value=-5_000_000, max_value=60_000_000)


class Lifecycle(RuleBasedStateMachine):
    """One case, pushed by everybody at once."""

    def __init__(self) -> None:
        super().__init__()
        self.case_id = new_id()
        self.case: Case | None = None
        self.log: list[Sealed] = []
        self.now = TEN_IN_THE_MORNING

    @rule(data=st.data(), drift=clocks)
    def somebody_takes_a_step_that_is_allowed(self, data: st.DataObject, drift: int) -> None:
        event = example(data.draw(st.sampled_from(steps_from(self.stage))))
        row = row_of(event.name())
        assert row is not None
        said_by = data.draw(st.sampled_from(sorted(row.said_by)))
        drafted = self.say((event,), said_by, self.seen(data), drift)
        assert isinstance(drafted, Drafted), drafted
        assert drafted.case.stage == (row.to or self.stage)
        self.keep(drafted)

    @rule(event=any_event, said_by=services, drift=clocks)
    def somebody_says_anything_at_all(self, event: Event, said_by: Service, drift: int) -> None:
        ruling = step(self.stage, event.name(), said_by)
        outcome = self.say((event,), said_by, self.fresh(), drift)
        if isinstance(ruling, Refusal):
            assert outcome == ruling
        else:
            assert isinstance(outcome, Drafted)

    @precondition(lambda self: self.case is not None)
    @rule(events=st.lists(any_event, min_size=1, max_size=3), said_by=services, data=st.data())
    def somebody_acts_on_what_is_no_longer_so(
        self, events: list[Event], said_by: Service, data: st.DataObject
    ) -> None:
        assert self.case is not None
        behind: Expect = data.draw(
            st.sampled_from((AtRev(self.case.rev - 1), AtSeq(self.case.seq - 1), AtSeq(self.case.seq + 1)))
        )
        refused = self.say(tuple(events), said_by, behind, 0)
        assert isinstance(refused, Refusal)
        assert (refused.code, refused.stage) == (Why.STALE, self.case.stage)
        assert self.case.stage.zh in refused.detail

    @precondition(lambda self: self.case is not None)
    @rule()
    def somebody_opens_it_a_second_time(self) -> None:
        refused = self.say((example("reported"),), Service.INTAKE, NewCase(OFFICE), 0)
        assert isinstance(refused, Refusal)
        assert refused.code is Why.CASE_EXISTS

    @rule(events=st.lists(st.sampled_from(EVENTS.names()), min_size=2, max_size=4), said_by=services)
    def several_steps_are_taken_together_or_not_at_all(self, events: list[str], said_by: Service) -> None:
        outcome = self.say(tuple(map(example, events)), said_by, self.fresh(), 0, key="together")
        if isinstance(outcome, Drafted):
            assert [one.entry.type for one in outcome.sealed] == events
            assert [one.entry.key for one in outcome.sealed] == ["together"] + [None] * (len(events) - 1)
            self.keep(outcome)

    @invariant()
    def the_snapshot_is_the_fold_of_the_log(self) -> None:
        assert fold((read_entry(one.body), one.hash) for one in self.log) == self.case

    @invariant()
    def hashes_chain_over_the_stored_bytes(self) -> None:
        head = GENESIS
        for one in self.log:
            assert one.entry.prev == head.hex()
            assert one.hash == chain_hash(head, one.body)
            head = one.hash
        assert self.case is None or self.case.head == head.hex()

    @invariant()
    def seq_counts_every_entry_and_rev_only_what_does_not_commute(self) -> None:
        rev = 0
        for seq, one in enumerate(self.log, 1):
            row = row_of(one.entry.type)
            assert row is not None
            rev += not row.commutes
            assert (one.entry.seq, one.entry.rev) == (seq, rev)

    @invariant()
    def time_never_runs_backwards(self) -> None:
        at = [one.entry.at for one in self.log]
        assert at == sorted(at)

    @invariant()
    def an_ended_case_awaits_nobody(self) -> None:
        if self.case and self.case.stage in ENDED:
            assert (self.case.awaits.machine, self.case.awaits.person) == (None, None)

    @invariant()
    def an_open_case_awaits_exactly_one(self) -> None:
        if self.case and self.case.open:
            assert (self.case.awaits.machine is None) != (self.case.awaits.person is None)

    @invariant()
    def a_parked_case_awaits_a_person_and_remembers_whom_before(self) -> None:
        if self.case:
            assert self.case.parked == (self.case.before_parking is not None)
            assert not (self.case.parked and self.case.awaits.machine)

    @property
    def stage(self) -> Any:
        return self.case.stage if self.case else None

    def fresh(self) -> Expect:
        return AtSeq(self.case.seq) if self.case else NewCase(OFFICE)

    def seen(self, data: st.DataObject) -> Expect:
        if self.case is None:
            return NewCase(OFFICE)
        return data.draw(st.sampled_from((AtSeq(self.case.seq), AtRev(self.case.rev), Whatever())))

    def say(
        self, events: tuple[Event, ...], said_by: Service, expect: Expect, drift: int, key: str | None = None
    ) -> Drafted | Refusal:
        change = Change(self.case_id, expect, events)
        return draft(self.case, change, a_speaker(said_by), self.now + drift, new_id, key)

    def keep(self, drafted: Drafted) -> None:
        self.case = drafted.case
        self.log.extend(drafted.sealed)
        self.now = drafted.case.updated_at + 1_000_000


Lifecycle.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestLifecycle = Lifecycle.TestCase
