"""The monitor on a real MongoDB: each once, nothing early, nobody breached who was in time."""

import asyncio
import random
from collections import Counter
from time import monotonic

import pytest

from libs.casestore.append import Append, Appended
from libs.casestore.store import CaseStore
from libs.casework.draft import AtRev, Change, Whatever
from libs.casework.refusal import Refusal
from libs.casework.samples import example
from libs.casework.vocabulary import Service, Stage
from services.sla.app import monitor
from services.sla.monitor import LEASE, Monitor
from tests.integration.plumbing.workplace import until
from tests.integration.sla.conftest import NINE, Room
from tests.support.cases import MINUTE, a_speaker

ALL = [
    "warned acceptance 1",
    "warned acceptance 2",
    "breached acceptance",
    "escalated acceptance 4",
    "escalated acceptance 5",
]
DAY = 24 * 60 * MINUTE


async def test_a_case_is_warned_about_then_breached_then_escalated(room: Room) -> None:
    case = await room.dispatched()
    for wall, said in (
        ("09:44", 0),
        ("09:45", 1),
        ("09:54", 2),
        ("10:00", 2),
        ("10:01", 3),
        ("10:31", 4),
        ("12:00", 5),
    ):
        await room.fire(wall)
        assert await room.said(case.id) == ALL[:said]
        assert (await room.rows.seqs([case.id]))[case.id] == case.seq + said
    assert (await room.garden.now(case.id)).rev == case.rev


async def test_after_a_night_down_everything_is_said_in_order(room: Room) -> None:
    cases = [await room.dispatched() for _ in range(3)]
    await room.fire("12:00")
    for case in cases:
        assert await room.said(case.id) == ALL


async def test_a_clock_that_is_set_forth_and_back_by_an_hour_repeats_nothing_and_leaves_nothing_out(
    room: Room,
) -> None:
    case = await room.dispatched()
    # Set forth at ten to ten, and back; then back at five past eleven, and forth.
    for wall, said in (
        ("09:50", 1),
        ("10:50", 4),
        ("09:51", 4),
        ("10:01", 4),
        ("11:05", 5),
        ("10:06", 5),
        ("11:06", 5),
    ):
        await room.fire(wall)
        assert await room.said(case.id) == ALL[:said]
    times = [sealed.entry.at for sealed in await room.ports.store.log(case.id)]
    assert times == sorted(times)


async def test_a_clock_that_is_slow_by_an_hour_says_nothing_early(room: Room) -> None:
    case = await room.dispatched()
    await room.fire("08:46")
    await room.fire("09:44")
    assert await room.said(case.id) == []
    await room.fire("10:01")
    assert await room.said(case.id) == ALL[:3]


async def test_two_that_fire_at_once_say_each_thing_once(room: Room) -> None:
    cases = [await room.dispatched() for _ in range(20)]
    hands = [room.firing() for _ in range(2)]
    for wall in ("09:46", "10:01", "12:00"):
        await asyncio.gather(*(room.fire(wall, hand) for hand in hands))
    for case in cases:
        assert await room.said(case.id) == ALL


async def test_two_monitors_of_which_one_leads_and_the_other_takes_over(room: Room) -> None:
    monitors = [monitor(room.ports) for _ in range(2)]
    case = await room.dispatched()
    monitors[0].start()
    await until(lambda: _leads(monitors[0]))
    monitors[1].start()
    room.wall.now = NINE + 50 * MINUTE
    await _until_said(room, 1)
    assert monitors[1].ready() == "standby"
    await monitors[0].stop()
    room.wall.now = NINE + 61 * MINUTE
    await _until_said(room, 3)
    await until(lambda: _leads(monitors[1]))
    await monitors[1].stop()
    assert await room.said(case.id) == ALL[:3]
    assert (await room.ports.database["leases"].find_one({"_id": LEASE}))["epoch"] >= 2  # type: ignore[index]


@pytest.mark.parametrize("beforehand", [False, True])
async def test_a_case_signed_for_in_the_same_moment_is_never_breached(room: Room, beforehand: bool) -> None:
    outcomes: Counter[bool] = Counter()
    hand = room.firing()
    for _ in range(25):
        room.wall.now = NINE
        case = await room.dispatched()
        due = NINE + 60 * MINUTE
        await room.fire(due)
        while beforehand and await hand.think():
            room.wall.now += 1_000_000
        room.wall.now = due
        signing = asyncio.create_task(room.garden.say(case.id, example("accepted")))
        await asyncio.sleep(random.uniform(0, 0.012))
        await room.fire(due + 1, hand)
        await signing
        log = (await room.ports.store.logs([case.id]))[case.id]
        accepted = next(entry.at for entry in log if entry.type == "accepted.v1")
        breached = [entry.seq for entry in log if entry.type == "deadline_breached.v1"]
        assert len(breached) == (accepted > due)
        outcomes[accepted > due] += 1
    assert len(outcomes) == 2, f"both have to happen for this to prove anything: {outcomes}"


async def test_a_closed_case_is_never_said_anything_about(room: Room) -> None:
    case = await room.dispatched(Stage.RESOLVED)
    before = await room.rows.next_at()
    assert before is not None
    for step in ("check_planned", "check_passed", "closed"):
        await room.garden.say(case.id, example(step))
    await room.fire(before + 30 * DAY)
    assert await room.said(case.id) == []
    assert await room.rows.count() == 0


async def test_a_warning_between_two_commands_of_a_clerk_is_no_conflict(room: Room) -> None:
    case = await room.dispatched()
    await room.fire("09:50")
    change = Change(case.id, AtRev(case.rev), (example("accepted"),))
    assert isinstance(await room.ports.store.append([change], a_speaker(Service.DISPATCH)), Appended)


@pytest.mark.parametrize("after_s", [0.0, 0.004, 0.02, 0.05, 0.1, 0.2])
async def test_one_that_dies_while_it_fires_leaves_nothing_out_and_nothing_twice(
    room: Room, after_s: float
) -> None:
    ids = await room.reported(300)
    room.wall.now = NINE + DAY + 1
    dying = asyncio.create_task(room.firing().once())
    await asyncio.sleep(after_s)
    dying.cancel()
    await asyncio.gather(dying, return_exceptions=True)
    await room.fire(NINE + DAY + 1)
    assert await room.count() == 3 * len(ids)
    assert await room.count(type="deadline_breached.v1") == len(ids)


async def test_two_thousand_in_the_same_second_are_all_in_the_log_once(room: Room) -> None:
    ids = await room.reported(2000)
    await room.fire(NINE + DAY - 1)
    began = monotonic()
    await room.fire(NINE + DAY + 1)
    took = monotonic() - began
    said = [each async for each in room.ports.database["case_events"].find({"type": "deadline_breached.v1"})]
    assert sorted(each["case_id"] for each in said) == sorted(ids)
    assert took < 20, f"{took:.1f} s"


async def test_what_was_thought_out_is_said_without_reading_the_log(room: Room) -> None:
    case = await room.dispatched()
    store = Unread(room.ports.store)
    hand = room.firing(store)  # type: ignore[arg-type]
    room.wall.now = NINE + 45 * MINUTE - 1_000_000
    assert await hand.think()
    assert not await hand.think()
    del store.logs
    await room.fire("09:45", hand)
    assert await room.said(case.id) == ALL[:1]


async def test_what_was_thought_out_is_thought_again_when_the_case_has_moved_on(room: Room) -> None:
    case, other = await room.dispatched(), await room.dispatched()
    hand = room.firing()
    room.wall.now = NINE + 45 * MINUTE - 1_000_000
    assert await hand.think()
    # The news of it has not come yet: the row still says what it said.
    await room.garden.say(case.id, example("accepted"))
    await room.fire("09:45", hand)
    assert await room.said(case.id) == []
    assert await room.said(other.id) == ALL[:1]


async def test_what_the_store_refuses_is_looked_at_again_later(room: Room) -> None:
    case = await room.dispatched()

    class Refusing:
        """A store that refuses everything."""

        logs = room.ports.store.logs

        async def append_many(self, appends: list[Append]) -> list[Refusal]:
            change = Change(case.id, Whatever(), (example("accepted"),))
            refused = await room.ports.store.append([change], a_speaker(Service.TRIAGE))
            assert isinstance(refused, Refusal)
            return [refused for _ in appends]

    await room.fire("09:50", room.firing(Refusing()))  # type: ignore[arg-type]
    assert await room.rows.next_at() == room.wall.now + 5_000_000
    await room.fire("09:51")
    assert await room.said(case.id) == ALL[:1]


class Unread:
    """The store, whose logs can be taken away."""

    def __init__(self, store: CaseStore) -> None:
        self.append_many, self.logs, self.load_readable = store.append_many, store.logs, store.load_readable


async def _leads(monitor: Monitor) -> bool:
    return "leads" in monitor.ready()


async def _until_said(room: Room, number: int) -> None:
    async def said() -> bool:
        return await room.count() >= number

    await until(said)
