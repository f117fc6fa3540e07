"""Random lifecycles through the real store: no way around the table, and the log always folds to the snapshot."""

import asyncio
from contextlib import AsyncExitStack
from typing import Any
from uuid import UUID

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    precondition,
    rule,
    run_state_machine_as_test,
)
from uuid_utils.compat import uuid7

from libs.casestore.append import Append, Appended
from libs.casework.case import Case
from libs.casework.draft import AtSeq, Change, NewCase, Whatever
from libs.casework.events import EVENTS
from libs.casework.fold import fold
from libs.casework.lifecycle import step, steps_from
from libs.casework.refusal import Refusal, Why
from libs.casework.samples import example
from libs.casework.vocabulary import Service
from libs.plumbing.embedded.stack import Endpoints
from tests.support.cases import OFFICE, a_speaker
from tests.support.stores import Bench, a_bench, keep_sample_contents, reported_as, saying
from tests.support.strategies import event_names, services


class Lifecycles(RuleBasedStateMachine):
    """A few cases, pushed by everybody."""

    servers: Endpoints

    def __init__(self) -> None:
        super().__init__()
        self.runner, self.stack = asyncio.Runner(), AsyncExitStack()
        self.bench: Bench = self.run(self.stack.enter_async_context(a_bench(self.servers)))
        self.run(keep_sample_contents(self.bench))
        self.ids: list[UUID] = []
        self.keys: dict[str, tuple[Append, Appended]] = {}

    def run(self, work: Any) -> Any:
        return self.runner.run(work)

    @initialize()
    def somebody_reports(self) -> None:
        self.open_one()

    @precondition(lambda self: len(self.ids) < 4)
    @rule()
    def somebody_reports_something_else(self) -> None:
        self.open_one()

    def open_one(self) -> None:
        case_id = uuid7()
        changes = [Change(case_id, NewCase(OFFICE), (reported_as(case_id),))]
        key = self.bench.vault.new_key(case_id).wrapped
        opened = self.bench.store.append(changes, a_speaker(Service.INTAKE), case_keys=(key,))
        assert isinstance(self.run(opened), Appended)
        self.ids.append(case_id)

    @rule(data=st.data())
    def somebody_takes_steps_that_are_allowed(self, data: st.DataObject) -> None:
        case = self.case(data)
        name = data.draw(st.sampled_from(steps_from(case.stage)))
        (answer,) = self.say(self.allowed(case, name, key := f"{case.id}{case.seq}"))
        assert isinstance(answer, Appended), answer
        self.keys[key] = (self.allowed(case, name, key), answer)

    @rule(data=st.data(), name=event_names, said_by=services)
    def somebody_says_anything_at_all(self, data: st.DataObject, name: str, said_by: Service) -> None:
        case = self.case(data)
        (answer,) = self.say(saying(said_by, case.id, EXAMPLE[name]))
        ruling = step(case.stage, name, said_by)
        assert answer == ruling if isinstance(ruling, Refusal) else isinstance(answer, Appended)

    @rule(data=st.data(), names=st.lists(event_names, min_size=2, max_size=6), said_by=services)
    def several_speak_at_once(self, data: st.DataObject, names: list[str], said_by: Service) -> None:
        cases = [self.case(data) for _ in names]
        answers = self.say(
            *(saying(said_by, case.id, EXAMPLE[name]) for case, name in zip(cases, names, strict=True))
        )
        assert all(isinstance(answer, Appended | Refusal) for answer in answers)

    @rule(data=st.data())
    def somebody_acts_on_what_is_no_longer_so(self, data: st.DataObject) -> None:
        case = self.case(data)
        (answer,) = self.say(
            saying(Service.SLA, case.id, example("deadline_warned"), expect=AtSeq(case.seq + 1))
        )
        assert isinstance(answer, Refusal)
        assert answer.code is Why.STALE

    @precondition(lambda self: self.keys)
    @rule(data=st.data())
    def somebody_tries_the_same_again(self, data: st.DataObject) -> None:
        append, first = data.draw(st.sampled_from(list(self.keys.values())))
        (answer,) = self.say(append)
        assert (answer.already, answer.spans) == (True, first.spans)

    @rule(data=st.data())
    def two_are_linked_or_neither_is(self, data: st.DataObject) -> None:
        one, other = self.case(data), self.case(data)
        changes = [
            Change(one.id, Whatever(), (example("linked").model_copy(update={"other": other.id}),)),
            Change(other.id, AtSeq(other.seq), (example("linked").model_copy(update={"other": one.id}),)),
        ]
        (answer,) = self.say(Append(changes, a_speaker(Service.TRIAGE)))
        after = self.run(self.bench.store.load([one.id, other.id]))
        moved = [after[each.id].seq > each.seq for each in (one, other)]
        assert moved == [isinstance(answer, Appended)] * 2

    def case(self, data: st.DataObject) -> Case:
        case_id = data.draw(st.sampled_from(self.ids))
        return self.run(self.bench.store.load([case_id]))[case_id]

    def allowed(self, case: Case, name: str, key: str) -> Append:
        said_by = next(each for each in Service if not isinstance(step(case.stage, name, each), Refusal))
        return saying(said_by, case.id, EXAMPLE[name], key=key)

    def say(self, *appends: Append) -> Any:
        return self.run(self.bench.store.append_many(appends))

    def teardown(self) -> None:
        try:
            cases = self.run(self.bench.store.load(self.ids))
            for case_id in self.ids:
                log = self.run(self.bench.store.log(case_id))
                assert fold((sealed.entry, sealed.hash) for sealed in log) == cases[case_id]
            assert self.bench.verify().findings == ()
        finally:
            self.run(self.stack.aclose())
            self.runner.close()


EXAMPLE = {name: example(name.rsplit(".", 1)[0]) for name in EVENTS.names()}


def test_random_lifecycles_leave_a_log_that_verifies(servers: Endpoints) -> None:
    Lifecycles.servers = servers
    few = settings(
        max_examples=8, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
    )
    run_state_machine_as_test(Lifecycles, settings=few)
