"""Refusals as problems, people as actors, headers as expectations."""

import pytest

from libs.casework.entry import Actor
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from libs.plumbing.principals import Principal
from libs.plumbing.problems import Problem
from libs.stages.http import PROBLEMS, actor_of, fingerprint, offices_for, problem_from, seen_rev
from libs.stages.scope import outside
from tests.support.cases import a_reported_case, an_actor

STATUS = {
    Why.UNKNOWN_CASE: 404,
    Why.NOT_THIS_STAGE: 409,
    Why.STALE: 409,
    Why.CASE_EXISTS: 409,
    Why.KEY_REUSED: 422,
    Why.NOT_ALLOWED: 403,
    Why.BLOCKED: 403,
    Why.INVALID: 422,
    Why.TOO_LARGE: 413,
    Why.ERASED: 410,
}


def test_every_refusal_has_its_problem() -> None:
    assert set(PROBLEMS) == set(Why)


@pytest.mark.parametrize(("why", "status"), STATUS.items())
def test_a_refusal_has_its_status(why: Why, status: int) -> None:
    assert problem_from(Refusal(why, "no")).status_code == status


def test_a_problem_names_stage_step_field_and_what_is_allowed() -> None:
    refusal = Refusal(Why.INVALID, "no", Stage.CLOSED, "reject", ("a", "b"), "reason")
    told = problem_from(refusal).document()
    assert (told["stage"], told["stage_zh"], told["attempted"]) == ("closed", "已结案", "reject")
    assert (told["field"], told["allowed"]) == ("reason", ["a", "b"])
    assert told["type"] == "urn:banjie:problem:invalid"


def test_a_problem_does_not_mention_what_is_not_known() -> None:
    assert {"stage", "allowed", "field"}.isdisjoint(problem_from(Refusal(Why.STALE, "no")).document())


@pytest.mark.parametrize(
    ("role", "asked", "offices"),
    [
        ("clerk", None, ["yingbin"]),
        ("clerk", "yingbin", ["yingbin"]),
        ("supervisor", "shuibosi", []),
        ("auditor", None, ["yingbin", "shuibosi"]),
        ("administrator", "shuibosi", ["shuibosi"]),
    ],
)
async def test_everybody_reads_the_own_office_and_the_district_reads_which_it_asks_for(
    role: str, asked: str | None, offices: list[str]
) -> None:
    async def known() -> list[str]:
        return ["yingbin", "shuibosi"]

    caller = Principal("p", frozenset({role}), "yingbin")
    assert list(await offices_for(caller, asked, known)) == offices


def test_somebody_acts_in_the_widest_of_their_roles_that_may() -> None:
    both = Principal("p", frozenset({"grid_worker", "clerk", "auditor"}), "yingbin", unit="pmc")
    actor = actor_of(both, frozenset({Role.GRID_WORKER, Role.CLERK}), "confirm")
    assert actor == Actor(id="p", role=Role.CLERK, office="yingbin", unit="pmc")


def test_somebody_without_the_role_is_told_which_it_takes() -> None:
    refused = actor_of(Principal("p", frozenset({"resident"}), "yingbin"), frozenset({Role.CLERK}), "file")
    assert isinstance(refused, Refusal)
    assert (refused.code, refused.attempted, refused.allowed) == (Why.NOT_ALLOWED, "file", ("clerk",))


@pytest.mark.parametrize(
    ("header", "rev"), [(None, None), ("*", None), ('"7"', 7), ("7", 7), (' W/"12" ', 12)]
)
async def test_the_rev_is_read_from_if_match(header: str | None, rev: int | None) -> None:
    assert await seen_rev(header) == rev


@pytest.mark.parametrize("header", ["", '"a"', "-1", "1.5", "9" * 30, "٣", '"1", "2"'])
async def test_another_if_match_is_refused(header: str) -> None:
    with pytest.raises(Problem):
        await seen_rev(header)


def test_a_fingerprint_does_not_run_parts_together() -> None:
    assert fingerprint(b"ab", b"c") != fingerprint(b"a", b"bc")
    assert fingerprint(b"ab") == fingerprint(b"ab")


@pytest.mark.parametrize(
    ("area", "inside"), [({"g1"}, True), ({"c1"}, True), ({"g2"}, False), (set(), False)]
)
def test_a_grid_worker_acts_in_the_own_grids_only(area: set[str], inside: bool) -> None:
    case = a_reported_case(grid="g1", community="c1")
    refused = outside(case, an_actor(Role.GRID_WORKER), frozenset(area), "confirm")
    assert (refused is None) is inside
    assert outside(case, an_actor(Role.CLERK), frozenset(), "confirm") is None


def test_a_case_in_no_grid_is_no_grid_workers() -> None:
    case = a_reported_case(grid=None, community=None)
    assert outside(case, an_actor(Role.GRID_WORKER), frozenset({"g1"}), "confirm")
