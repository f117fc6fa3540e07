"""A batch of cases that await dispatch: decided in memory, the log asked once and only where it is needed."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.casework.draft import Sealed
from libs.casework.events.dispatch import Dispatched, ReworkOrdered
from libs.casework.vocabulary import Stage
from services.dispatch.handlers import Dispatch
from tests.rules.dispatch.policies import a_policy
from tests.support.cases import Told, a_told_case_at, told


class Logs:
    """The logs of told cases; notes what was asked."""

    def __init__(self, *stories: Told) -> None:
        self._stories = {story.case_id: story for story in stories}
        self.asked: list[tuple[UUID, ...]] = []

    async def latest(self, case_ids: Sequence[UUID], event: str) -> Mapping[UUID, Sealed]:
        self.asked.append(tuple(case_ids))
        found = [(each, self._stories[each].log) for each in case_ids]
        return {each: [one for one in log if one.entry.type == event][-1] for each, log in found}


async def test_a_batch_of_filed_cases_needs_no_look_into_the_log() -> None:
    logs = Logs()
    cases = [a_told_case_at(Stage.FILED).so_far for _ in range(3)]
    decided = await Dispatch(logs, a_policy()).decide_all(cases)
    assert logs.asked == []
    assert [type(decided[case.id][0]) for case in cases] == [Dispatched] * 3


async def test_the_logs_of_failed_checks_are_read_in_one_go() -> None:
    planned = a_told_case_at(Stage.WORKING).then("planned").then("resolved")
    first = planned.then("check_failed", items=("dismantle",))
    second = a_told_case_at(Stage.RESOLVED).then("check_failed", items=())
    filed = a_told_case_at(Stage.FILED)
    logs = Logs(first, second)
    cases = [story.so_far for story in (first, filed, second)]
    decided = await Dispatch(logs, a_policy()).decide_all(cases)
    assert logs.asked == [(first.case_id, second.case_id)]
    assert decided[first.case_id] == (ReworkOrdered(items=("dismantle",)),)
    assert decided[second.case_id] == (ReworkOrdered(items=()),)
    assert isinstance(decided[filed.case_id][0], Dispatched)


async def test_a_case_with_nothing_to_decide_is_left_out() -> None:
    assert await Dispatch(Logs(), a_policy()).decide_all([told("reported").so_far]) == {}
