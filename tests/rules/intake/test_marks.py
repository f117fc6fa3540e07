"""By what a blocked reporter is known again, and what a block says."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.casework.refusal import Refusal, Why
from services.intake.blocks import DAY_US, Block, refused_block, turned_away
from services.intake.marks import Fingerprints, Mark
from services.intake.policy import Policy
from tests.support.reference import a_guide

PRINTS = Fingerprints(bytes(32))
NOW = 1_790_000_000_000_000


@pytest.fixture(scope="module")
def policy() -> Policy:
    return a_guide().policy


@pytest.mark.parametrize("written", ["139 0000 0000", "+86 139-0000-0000", "008613900000000"])
def test_a_phone_is_the_same_however_it_is_written(written: str) -> None:
    assert PRINTS.of(Mark.CONTACT, written) == PRINTS.of(Mark.CONTACT, "13900000000")


def test_another_phone_is_another() -> None:
    assert PRINTS.of(Mark.CONTACT, "13900000001") != PRINTS.of(Mark.CONTACT, "13900000000")
    assert PRINTS.of(Mark.CONTACT, "86139000") != PRINTS.of(Mark.CONTACT, "139000")


def test_a_household_keeps_its_address_though_its_device_changes_it() -> None:
    assert PRINTS.of(Mark.ADDRESS, "2001:db8::1") == PRINTS.of(Mark.ADDRESS, "2001:db8::ffff")
    assert PRINTS.of(Mark.ADDRESS, "2001:db8::1") != PRINTS.of(Mark.ADDRESS, "2001:db8:0:1::1")
    assert PRINTS.of(Mark.ADDRESS, "::ffff:10.0.0.1") == PRINTS.of(Mark.ADDRESS, "10.0.0.1")
    assert PRINTS.of(Mark.ADDRESS, "10.0.0.1") != PRINTS.of(Mark.ADDRESS, "10.0.0.2")


def test_another_installation_makes_other_fingerprints() -> None:
    other = Fingerprints(bytes(31) + b"\x01")
    assert other.of(Mark.ADDRESS, "10.0.0.1") != PRINTS.of(Mark.ADDRESS, "10.0.0.1")


@given(st.sampled_from(Mark), st.text(max_size=40))
def test_a_fingerprint_shows_nothing_of_what_it_is_made_from(mark: Mark, value: str) -> None:
    made = PRINTS.of(mark, value)
    assert len(made) == 64
    assert len(value) < 5 or value not in made


@pytest.mark.parametrize(
    ("reason", "days", "field"), [("dislike", 30, "reason"), ("abuse", 0, "days"), ("abuse", 366, "days")]
)
def test_a_block_without_a_listed_reason_or_an_end_is_refused(
    policy: Policy, reason: str, days: int, field: str
) -> None:
    refusal = refused_block(reason, days, policy)
    assert isinstance(refusal, Refusal)
    assert (refusal.code, refusal.field, bool(refusal.allowed)) == (Why.INVALID, field, True)
    assert refused_block("abuse", 365, policy) is None


def test_a_blocked_reporter_is_told_until_when_why_and_whom_to_call(policy: Policy) -> None:
    block = Block(UUID(int=1), "yingbin", Mark.ADDRESS, "x", "flooding", "clerk-1", NOW, NOW + 30 * DAY_US)
    told = turned_away(block, policy)
    assert told.code is Why.BLOCKED
    assert all(part in told.detail for part in ("2026-10-21", "恶意大量重复上报", "floods", "119"))
    assert "clerk-1" not in told.detail


def test_a_block_holds_from_its_beginning_until_its_end() -> None:
    block = Block(UUID(int=1), "yingbin", Mark.ADDRESS, "x", "flooding", "clerk-1", 5, 9)
    assert [block.holds(at) for at in (4, 5, 8, 9)] == [False, True, True, False]
