"""Other systems let in and shut out while everything runs; what was refused, sent again."""

from typing import Any

import pytest

from libs.casework.topics import Door, door
from libs.plumbing.kafka import KafkaRefusedError, Publisher, check_kafka
from libs.plumbing.records import Record
from libs.plumbing.rejections import Rejections
from tests.support.installation import Installation
from tests.support.partner import Partner, message, types_of

REPORT = {"text": "东门外垃圾成堆", "place": {"lon": 113.288799, "lat": 40.066986}}
NAME = "cli-hotline"
# About 10 s on a quiet machine: five until the worker looks, the rest to start again.
HEARD_WITHIN_S = 40


@pytest.fixture(scope="module")
async def hotline(installation: Installation) -> Partner:
    """A system let in by the command while everything runs; the worker finds its door within seconds."""
    added = ("publisher", "add", NAME, "--office", "yingbin", "--door", "reports")
    told = installation.told(*added)
    partner = installation.as_partner(told["name"], told["password"])
    assert await partner.heard_at_last(Door.REPORTS) < HEARD_WITHIN_S
    return partner


async def test_a_message_at_a_new_door_is_accepted_once(hotline: Partner) -> None:
    await hotline.send(Door.REPORTS, message(REPORT, message_id="one"), message(REPORT, message_id="one"))
    assert types_of(await hotline.outcomes_of("one", 2)) == ["accepted", "duplicate"]


async def test_a_refused_message_is_found_with_its_reason_and_bytes(
    installation: Installation, hotline: Partner
) -> None:
    bad = message(REPORT | {"category": "no_such_thing"}, message_id="bad")
    await hotline.send(Door.REPORTS, bad)
    await hotline.outcomes_of("bad")
    listed = installation.told("rejected", "list", "--topic", door(Door.REPORTS, NAME))
    found = next(each for each in listed if each["message_id"] == "bad")
    assert (found["code"], found["field"]) == ("invalid", "category")
    shown = installation.banjie("rejected", "show", found["place"])
    assert shown.json["original"] == bad.decode()
    chosen = installation.told("rejected", "list", "--topic", door(Door.REPORTS, NAME), "--code", "no-such")
    assert chosen == []


async def test_a_replay_run_twice_has_one_effect(installation: Installation) -> None:
    partner = installation.partner("replayed", Door.REPORTS)
    await partner.heard_at_last(Door.REPORTS)
    await parked(installation, partner, message(REPORT, message_id="parked-1"))
    replay = ("rejected", "replay", "--topic", door(Door.REPORTS, partner.name), "--code", "parked")
    for _ in range(2):
        assert installation.told(*replay)["sent"] == 1
    told = await partner.outcomes_of("parked-1", 2)
    assert types_of(told) == ["accepted", "duplicate"]
    assert told[0]["subject"] == told[1]["subject"]
    assert len(installation.told("case", "list", "--publisher", partner.name)["cases"]) == 1


async def test_a_record_without_a_readable_id_is_named_and_skipped(
    installation: Installation, hotline: Partner
) -> None:
    topic = door(Door.REPORTS, NAME)
    (nameless,) = [
        each for each in installation.told("rejected", "list", "--topic", topic) if not each["message_id"]
    ]
    ran = installation.banjie("rejected", "replay", nameless["place"])
    assert ran.code == 1
    assert nameless["place"] in ran.err
    assert installation.told("rejected", "replay", nameless["place"], "--force")["sent"] == 1


async def test_a_name_is_given_once_and_a_new_password_ends_the_old(
    installation: Installation, hotline: Partner
) -> None:
    again = installation.banjie("publisher", "add", NAME, "--office", "yingbin", "--door", "reports")
    assert (again.code, again.err.count("\n")) == (1, 1)
    told = installation.told("publisher", "add", NAME, "--new-password")
    with pytest.raises(KafkaRefusedError):
        await check_kafka(hotline.settings)
    await check_kafka(installation.as_partner(NAME, told["password"]).settings)


async def test_who_is_removed_is_shut_out(installation: Installation) -> None:
    partner = installation.partner("leaving", Door.REPORTS)
    assert partner.name in {each["name"] for each in installation.told("publisher", "list")}
    assert installation.banjie("publisher", "remove", partner.name).code == 0
    with pytest.raises(KafkaRefusedError):
        await check_kafka(partner.settings)
    assert partner.name not in {each["name"] for each in installation.told("publisher", "list")}
    assert installation.banjie("publisher", "remove", partner.name).code == 1


@pytest.mark.parametrize(
    "wrong",
    [
        ("Hotline", "--office", "yingbin", "--door", "reports"),
        ("x" * 41, "--office", "yingbin", "--door", "reports"),
        ("right", "--office", "atlantis", "--door", "reports"),
        ("right", "--office", "yingbin", "--door", "windows"),
        ("right", "--office", "yingbin", "--door", "work"),
        ("right", "--office", "yingbin", "--door", "work", "--unit", "nobody"),
        ("right", "--office", "yingbin"),
    ],
)
def test_a_publisher_that_cannot_be_is_a_usage_error(
    installation: Installation, wrong: tuple[str, ...]
) -> None:
    ran = installation.banjie("publisher", "add", *wrong)
    assert (ran.code, ran.err.count("\n")) == (2, 1)


async def parked(installation: Installation, partner: Partner, value: bytes) -> None:
    """What a worker writes when a record killed it three times."""
    publisher: Any = Publisher(installation.settings())
    record = Record(door(Door.REPORTS, partner.name), 0, 0, None, value)
    try:
        await Rejections("intake", publisher).park(record, "killed the process", 3)
    finally:
        await publisher.stop()
