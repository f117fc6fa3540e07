"""Who is slowed down: reports without an account from one address or with one phone, and nobody else."""

from services.intake.abuse import Abuse
from services.intake.marks import NOWHERE, Fingerprints
from tests.rules.intake.test_rules import CLERK, HOTLINE, RESIDENT, a_report
from tests.support.reference import a_guide

CALLED = {"contact": {"phone": "139 0000 0000", "consent": False}}


def an_abuse() -> Abuse:
    policy = a_guide().policy.model_copy(update={"reports_of_address": "3/hour", "reports_of_phone": "1/day"})
    return Abuse(policy, Fingerprints(bytes(32)))


def test_one_address_is_slowed_down_and_its_neighbour_is_not() -> None:
    abuse = an_abuse()
    answers = [abuse.refused(RESIDENT, a_report(), "10.0.0.1") for _ in range(4)]
    assert [each is None for each in answers] == [True, True, True, False]
    assert abuse.refused(RESIDENT, a_report(), "10.0.0.2") is None


def test_one_phone_is_slowed_down_from_wherever_it_is_named() -> None:
    abuse = an_abuse()
    assert abuse.refused(RESIDENT, a_report(**CALLED), "10.0.0.1") is None
    limited = abuse.refused(RESIDENT, a_report(contact={"phone": "13900000000", "consent": True}), "10.0.0.2")
    assert limited is not None
    assert limited.status_code == 429


def test_staff_systems_and_those_without_an_address_are_not_counted_by_it() -> None:
    abuse = an_abuse()
    for reporter, address in ((CLERK, "10.0.0.1"), (HOTLINE, "10.0.0.1"), (RESIDENT, NOWHERE)):
        assert all(abuse.refused(reporter, a_report(), address) is None for _ in range(9))
