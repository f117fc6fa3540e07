"""A unit's own system sends its work over Kafka: in order within a batch, each message with one of three outcomes."""

from libs.casework.topics import Door, door, outcomes
from libs.casework.vocabulary import Service, Stage
from services.dispatch.app import build
from tests.support.planted import WORDS, Garden
from tests.support.street_office import StreetOffice, message, records

WORK = (
    ("accept", {}),
    ("plan", {"items": [{"title": "拆除", "id": "a"}]}),
    ("start", {}),
    ("done", {"item": "a", "words": "完成"}),
    ("resolve", {"words": "全部完成"}),
)


async def test_a_batch_of_one_case_is_done_in_order_and_a_repetition_changes_nothing(
    office: StreetOffice,
) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        name = await office.publisher(ports, "pmc-system", unit="pmc")
        case = await garden.a_case_at(Stage.DISPATCHED)
        batch = [
            message(body, f"banjie.work.{command}.v1", f"m{turn}", subject=str(case.id))
            for turn, (command, body) in enumerate(WORK)
        ]
        listening = (await build(ports)).routes[1]
        await listening.handler(records(door(Door.WORK, name), batch))
        once = await garden.now(case.id)
        await listening.handler(records(door(Door.WORK, name), batch, first=5))
        assert await garden.now(case.id) == once
    told = [each["type"] for each in await office.heard(outcomes(name))]
    assert told == ["banjie.message.accepted.v1"] * 5 + ["banjie.message.duplicate.v1"] * 5
    assert (once.stage, once.acted) == (Stage.RESOLVED, (f"publisher:{name}",))


async def test_bad_messages_among_good_ones_are_refused_with_their_reasons(office: StreetOffice) -> None:
    async with office.ports(Service.DISPATCH) as ports:
        garden = Garden(ports)
        name = await office.publisher(ports, "pmc-system", unit="pmc")
        stranger = await office.publisher(ports, "enforcers", unit="enforce")
        far = await office.publisher(ports, "far", office="shuibosi", unit="pmc")
        case, other = await garden.a_case_at(Stage.DISPATCHED), await garden.a_case_at(Stage.DISPATCHED)
        about = {"subject": str(case.id)}
        batch = [
            message({}, "banjie.work.attention.v1", "not-for-systems", **about),
            message({}, "banjie.work.dance.v1", "unknown", **about),
            message({}, "banjie.work.accept.v1", "no-subject"),
            message({"reason": 7}, "banjie.work.return.v1", "bad-body", **about),
            message({}, "banjie.work.start.v1", "too-early", **about),
            b"{not json",
            message({}, "banjie.work.accept.v1", "good", **about),
        ]
        room = await build(ports)
        await room.routes[1].handler(records(door(Door.WORK, name), batch))
        for whose in (stranger, far):
            await room.routes[1].handler(
                records(
                    door(Door.WORK, whose),
                    [message({}, "banjie.work.accept.v1", "a", subject=str(other.id))],
                )
            )
        await ports.rejections.settle()
        assert (await garden.now(case.id)).stage is Stage.ACCEPTED
        assert await garden.now(other.id) == other
    told = [each["data"].get("code") for each in await office.heard(outcomes(name))]
    assert told == ["invalid"] * 4 + ["not-this-stage", "invalid", None]
    refused = await office.heard(f"{door(Door.WORK, name)}.rejected")
    assert len(refused) == 6
    assert WORDS not in str(refused)
    assert [each["data"]["code"] for each in await office.heard(outcomes(stranger))] == ["not-allowed"]
    assert [each["data"]["code"] for each in await office.heard(outcomes(far))] == ["unknown-case"]
