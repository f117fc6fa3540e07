"""THE table, walked exhaustively: every stage × every event × every service has exactly one of three outcomes."""

import itertools

import pytest

from libs.casework.events import EVENTS
from libs.casework.lifecycle import TABLE, Step, row_of, step, steps_from
from libs.casework.refusal import Refusal, Why
from libs.casework.topics import LISTENS, VOICES, voice, voice_of
from libs.casework.vocabulary import ENDED, NOBODY, OPEN, Service, Stage
from tests.support.cases import THE_WAY_TO, a_told_case_at, told

EVERYWHERE: list[Stage | None] = [None, *Stage]
COMBINATIONS = list(itertools.product(EVERYWHERE, EVENTS.names(), Service))


def test_every_event_has_exactly_one_row() -> None:
    assert sorted(row.event for row in TABLE) == sorted(EVENTS.names())


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_a_step_is_allowed_exactly_at_its_stages_and_for_its_services(row: Step) -> None:
    for stage, service in itertools.product(EVERYWHERE, Service):
        outcome = step(stage, row.event, service)
        if stage in row.at and service in row.said_by:
            assert outcome is row
        else:
            assert isinstance(outcome, Refusal)


@pytest.mark.parametrize("service", Service)
def test_the_wrong_stage_is_refused_first_and_the_wrong_service_after_it(service: Service) -> None:
    for stage, event in itertools.product(EVERYWHERE, EVENTS.names()):
        row, outcome = row_of(event), step(stage, event, service)
        assert row is not None
        if stage not in row.at:
            assert isinstance(outcome, Refusal)
            assert outcome.code is Why.NOT_THIS_STAGE
        elif service not in row.said_by:
            assert isinstance(outcome, Refusal)
            assert outcome.code is Why.NOT_THIS_SERVICE


def test_a_refusal_names_the_stage_and_the_attempted_step() -> None:
    refusals = [(where, step(*where)) for where in COMBINATIONS]
    for (stage, event, _), outcome in refusals:
        if isinstance(outcome, Refusal):
            assert (outcome.stage, outcome.attempted) == (stage, event)
            assert event in outcome.detail
            assert (f"{stage} ({stage.zh})" if stage else "does not exist yet") in outcome.detail


def test_a_refusal_for_the_stage_says_what_would_be_accepted_there() -> None:
    refused = step(Stage.CLOSED, "filed.v1", Service.TRIAGE)
    assert isinstance(refused, Refusal)
    assert refused.allowed == steps_from(Stage.CLOSED)
    assert "reopened.v1" in refused.allowed


def test_a_refusal_for_the_service_says_who_may() -> None:
    refused = step(Stage.RESOLVED, "closed.v1", Service.DISPATCH)
    assert isinstance(refused, Refusal)
    assert refused.allowed == (Service.CLOSURE,)


@pytest.mark.parametrize("stage", EVERYWHERE)
def test_an_unknown_step_is_refused_at_every_stage(stage: Stage | None) -> None:
    refused = step(stage, "vanished.v9", Service.INTAKE)
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.stage, refused.attempted) == (Why.UNKNOWN_EVENT, stage, "vanished.v9")
    assert row_of("vanished.v9") is None


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_whoever_changes_the_stage_says_who_is_awaited_then(row: Step) -> None:
    assert row.to is None or row.awaits is not None
    assert not (row.commutes and (row.to or row.awaits)), "what commutes moves nothing"


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_ended_stages_await_nobody_and_open_ones_somebody(row: Step) -> None:
    if row.to in ENDED:
        assert row.awaits == NOBODY
    if row.to in OPEN:
        assert row.awaits != NOBODY


@pytest.mark.parametrize("stage", sorted(ENDED))
def test_a_case_that_has_ended_awaits_nobody(stage: Stage) -> None:
    case = a_told_case_at(stage).so_far
    assert (case.awaits.machine, case.awaits.person, case.open) == (None, None, False)


@pytest.mark.parametrize("row", TABLE, ids=lambda row: row.event)
def test_an_awaited_service_listens_to_the_voice_that_carries_the_news(row: Step) -> None:
    woken = row.wakes()
    if row.awaits and row.awaits.machine:
        assert woken is row.awaits.machine, "who wakes itself needs no news"
    if woken:
        assert all(voice(speaker) in LISTENS[woken] for speaker in row.said_by)


def test_nobody_listens_to_a_voice_that_never_wakes_it() -> None:
    needed = {(row.wakes(), voice(speaker)) for row in TABLE if row.wakes() for speaker in row.said_by}
    listened = {(service, topic) for service, topics in LISTENS.items() for topic in topics}
    assert listened == needed
    assert set(VOICES) == {topic for _, topic in needed}


def test_only_what_wakes_somebody_is_put_on_a_voice() -> None:
    for sealed in told("reported details_added classified filed dispatched accepted started resolved").log:
        row = row_of(sealed.entry.type)
        assert row is not None
        expected = voice(sealed.entry.said_by) if row.wakes() else None
        assert voice_of(sealed.entry) == expected


@pytest.mark.parametrize("stage", Stage)
def test_every_stage_can_be_reached_and_left(stage: Stage) -> None:
    assert a_told_case_at(stage).so_far.stage is stage
    assert set(THE_WAY_TO) == set(Stage)
    assert any(stage in row.at and row.to not in {None, stage} for row in TABLE)
