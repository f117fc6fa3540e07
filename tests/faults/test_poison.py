"""Fifty records that no handler can bear, among good ones: each ends in a rejection topic with its reason and its bytes."""

import json
from collections.abc import Callable, Iterator
from time import perf_counter
from uuid import uuid4

import pytest

from libs.casework.topics import VOICES
from libs.plumbing.kafka import Publisher
from tests.faults.scenario import Scenario
from tests.support.partners import CHECKS, REPORT, REPORTS, SUBMITTED, WORK, Partners
from tests.support.whole import STAGES, Parts, Whole, a_whole_installation, faulty

KIB = 1024
pytestmark = [pytest.mark.faults, pytest.mark.timeout(500)]


def cloud(kind: str = SUBMITTED, **instead: object) -> bytes:
    """A CloudEvent as a publisher would send it, but for `instead`."""
    whole = {"specversion": "1.0", "id": str(uuid4()), "source": "/test", "type": kind, "data": REPORT}
    return json.dumps(whole | instead, ensure_ascii=False).encode()


def accept(**instead: object) -> bytes:
    return cloud("banjie.work.accept.v1", **({"data": {}} | instead))


AT_EVERY_DOOR: tuple[Callable[[], bytes], ...] = (
    lambda: b'{"specversion": "1.0", "id": ' + uuid4().hex.encode(),
    lambda: b"\xff\xfe\x00 not UTF-8 " + uuid4().bytes,
    lambda: cloud("banjie.weather.changed.v1"),
    lambda: cloud(data={"text": "大" * 100 * KIB}),
    lambda: cloud(data=[1, 2, 3]),
    lambda: cloud(id=12),
    lambda: cloud(specversion="0.3"),
    lambda: cloud(time="2099-01-01T00:00:00Z"),
    lambda: b"",
    lambda: b"null " + b" " * int(uuid4().int % 1000),
)
AT_THE_REPORTS = (
    lambda: cloud(data=REPORT | {"text": 7}),
    lambda: cloud(data=REPORT | {"category": "no_such_thing"}),
    lambda: cloud(data=REPORT | {"sent_by": "nobody"}),
    lambda: cloud(data={}),
)
AT_THE_WORK = (
    lambda: accept(subject=str(uuid4())),
    accept,
    lambda: accept(subject="7"),
    lambda: accept(subject=str(uuid4()), data={"items": 7}),
)
ON_A_VOICE = (
    lambda: b"no news " + uuid4().hex.encode(),
    lambda: b"\xff\xfe" + uuid4().bytes,
    lambda: cloud(subject="nobody", sequence="1"),
    lambda: cloud(subject=7, sequence=[]),
)


def poison() -> list[tuple[str, bytes]]:
    """Topic and value of each."""
    everywhere = [(topic, make()) for topic in (REPORTS, WORK, CHECKS) for make in AT_EVERY_DOOR]
    at_one = [(REPORTS, make()) for make in AT_THE_REPORTS] + [(WORK, make()) for make in AT_THE_WORK]
    return everywhere + at_one + [(topic, make()) for topic in VOICES[:3] for make in ON_A_VOICE]


@pytest.fixture(scope="module")
def frail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    def change(whole: Whole, parts: Parts) -> Parts:
        limit = {"BANJIE_HANDLER_LIMIT_S": "3"}
        return parts | {name: faulty(parts[name], "poisonable", **limit) for name in STAGES}

    with a_whole_installation(tmp_path_factory.mktemp("frail") / "data", change) as one:
        yield one


async def test_poison_among_good_records_harms_nobody_else(whole: Whole, scenario: Scenario) -> None:
    async def hurt(partners: Partners) -> None:
        await send(whole, partners, scenario, poison())

    partners = await scenario.run(whole, hurt, cases=300)
    assert len(partners.sent.refused) >= 50


async def test_records_that_kill_or_hang_their_handler_are_parked(frail: Whole, scenario: Scenario) -> None:
    async def hurt(partners: Partners) -> None:
        deadly = [
            (topic, cloud(id=f"makes-it-{does}-{uuid4()}"))
            for does in ("die", "hang")
            for topic in (REPORTS, WORK)
        ]
        await send(frail, partners, scenario, deadly)
        while not partners.sent.outcomes:
            await scenario.a_while(0.1, 0.2)
        await send(frail, partners, scenario, _about_cases(partners))

    await scenario.run(frail, hurt, cases=300)
    for name in ("intake", "triage", "dispatch"):
        assert frail.restarts(name) >= 3


def _about_cases(partners: Partners) -> list[tuple[str, bytes]]:
    """News of real cases that triage and closure cannot bear: those cases are a person's from then on."""
    cases = sorted(case for named in partners.sent.cases().values() for case in named)[:4]
    kinds = [
        ("banjie.intake", "die"),
        ("banjie.intake", "hang"),
        ("banjie.dispatch", "die"),
        ("banjie.dispatch", "hang"),
    ]
    return [
        (topic, cloud(id=f"makes-it-{does}", subject=case, sequence="1"))
        for case, (topic, does) in zip(cases, kinds, strict=False)
    ]


async def send(
    whole: Whole, partners: Partners, scenario: Scenario, records: list[tuple[str, bytes]]
) -> None:
    """Among the good ones, a few at a time."""
    scenario.random.shuffle(records)
    partners.sent.refused += records
    publisher = Publisher(whole.settings())
    try:
        for topic, value in records:
            await scenario.a_while(0.0, 0.05)
            await publisher.send(topic, uuid4().bytes, value)
    finally:
        await publisher.stop()
    scenario.blow = perf_counter()
