"""A supervisor's order on the monitor: warned, breached, escalated as the other clocks, and silent once it is answered."""

from libs.casework.calendar import parse_amount
from libs.casework.samples import example
from libs.casework.vocabulary import Stage
from tests.integration.sla.conftest import Room

ORDER = example("attention_ordered").model_copy(update={"limit": parse_amount("2 工作时")})


def of_the_order(said: list[str]) -> list[str]:
    return [each for each in said if "attention" in each]


async def test_an_order_that_nobody_answers_is_called_about_level_by_level(room: Room) -> None:
    case = await room.garden.a_case_at(Stage.WORKING, ORDER)
    await room.keeper.read_anew([case.id])
    key = f"attention:{case.seq}"
    for wall, said in (("10:29", 0), ("10:30", 1), ("11:00", 2), ("11:01", 3), ("14:31", 4), ("15:31", 5)):
        await room.fire(wall)
        assert (
            of_the_order(await room.said(case.id))
            == [
                f"warned {key} 1",
                f"warned {key} 2",
                f"breached {key}",
                f"escalated {key} 4",
                f"escalated {key} 5",
            ][:said]
        )


async def test_an_answered_order_is_silent_and_one_answered_late_is_breached_all_the_same(room: Room) -> None:
    cases = [await room.garden.a_case_at(Stage.WORKING, ORDER) for _ in range(2)]
    in_time, late = cases
    answer = example("attention_answered").model_copy(update={"order": in_time.seq})
    await room.garden.say(in_time.id, answer)
    await room.keeper.read_anew([case.id for case in cases])
    await room.fire("11:01")
    room.wall.now += 60_000_000
    await room.garden.say(late.id, answer.model_copy(update={"order": late.seq}))
    await room.fire("16:00")
    assert of_the_order(await room.said(in_time.id)) == []
    assert [each.split()[0] for each in of_the_order(await room.said(late.id))] == [
        "warned",
        "warned",
        "breached",
    ]
