"""Whatever clerks merge and take apart in whatever order: nothing goes round in a circle, and everybody is counted once."""

from typing import Any
from uuid import UUID

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from libs.casework.case import Case, end_of
from libs.casework.draft import Change, Drafted, Whatever, draft
from libs.casework.events.model import Event
from libs.casework.refusal import Refusal
from libs.casework.vocabulary import Service, Stage, Tie
from libs.stages.bodies import Said
from libs.stages.commands import CommandTable, Sealed
from libs.stages.joint import Joint
from services.triage.bodies import LinkTo, Merge, Unlink
from services.triage.commands import Desk, command_table
from tests.support.cases import a_speaker, new_id, told
from tests.support.reference import catalogue, offices, places, reasons

TABLE: CommandTable = command_table(Desk(catalogue(), places(), offices(), reasons(), "test"))
HOWS = (Tie.RELATED, Tie.PARENT, Tie.CHILD, Tie.CAUSE, Tie.EFFECT)
some_case = st.integers(0, 5)


class Joining(RuleBasedStateMachine):
    """Six filed cases and a clerk who cannot decide."""

    def __init__(self) -> None:
        super().__init__()
        begun = [told("reported classified filed") for _ in range(6)]
        self.order = [story.case_id for story in begun]
        self.cases: dict[UUID, Case] = {story.case_id: story.so_far for story in begun}
        self.now = begun[-1].at

    @rule(one=some_case, other=some_case, also=st.lists(some_case, max_size=2))
    def merge(self, one: int, other: int, also: list[int]) -> None:
        more = tuple(self.order[each] for each in also)
        self.ask("merge", one, Merge(into=self.order[other], also=more))

    @rule(one=some_case)
    def take_apart(self, one: int) -> None:
        self.ask("unmerge", one, Said())

    @rule(one=some_case, other=some_case, how=st.sampled_from(HOWS))
    def link(self, one: int, other: int, how: Any) -> None:
        self.ask("link", one, LinkTo(other=self.order[other], how=how))

    @rule(one=some_case, other=some_case)
    def unlink(self, one: int, other: int) -> None:
        self.ask("unlink", one, Unlink(other=self.order[other]))

    @invariant()
    def whatever_was_merged_goes_on_in_a_case_that_was_not(self) -> None:
        for case_id, case in self.cases.items():
            end = end_of(case_id, self.cases)
            assert end.merged_into is None
            assert (case.stage is Stage.MERGED) == (end.id != case_id)

    @invariant()
    def everybody_who_follows_is_counted_once(self) -> None:
        for case_id, case in self.cases.items():
            assert case.followers == sum(each.merged_into == case_id for each in self.cases.values())

    @invariant()
    def a_link_has_two_ends_and_nothing_is_above_a_parent(self) -> None:
        for case in self.cases.values():
            for link in case.linked:
                there = {(each.other, each.how) for each in self.cases[link.other].linked}
                assert (case.id, link.how.back) in there
                if link.how is Tie.PARENT:
                    assert not any(each.how is Tie.PARENT for each in self.cases[link.other].linked)

    def ask(self, command: str, index: int, body: Any) -> None:
        case = self.cases[self.order[index]]
        decision = TABLE[command].decide(
            case, a_speaker(Service.TRIAGE).actor, body, Sealed(beside=self.cases)
        )
        if isinstance(decision, Refusal):
            assert decision.stage is case.stage or decision.code == "not-this-stage"
            return
        assert isinstance(decision, Joint)
        said = [(case, decision.events), *decision.others]
        assert len({each.id for each, _ in said}) == len(said)
        self.cases |= {each.id: self.after(each, events) for each, events in said}

    def after(self, case: Case, events: tuple[Event, ...]) -> Case:
        change = Change(case.id, Whatever(), events)
        drafted = draft(case, change, a_speaker(Service.TRIAGE), self.now, new_id)
        assert isinstance(drafted, Drafted), drafted
        return drafted.case


Joining.TestCase.settings = settings(max_examples=60, stateful_step_count=30, deadline=None)
TestJoining = Joining.TestCase
