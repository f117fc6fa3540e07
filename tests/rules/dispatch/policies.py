"""The policy of dispatch with the data that ships, and with other data for a test."""

from dataclasses import replace
from functools import cache

from libs.casework.units import Units
from libs.plumbing.data import read_yaml
from services.dispatch.appeals import parse_appeals
from services.dispatch.rules import Policy
from tests.support.calendars import SHIPPED
from tests.support.policies import SHIPPED_POLICIES
from tests.support.reference import catalogue, places, reasons, units

COMPOUND = "140213053902001-01"
"""东方罗马城小区, which has a property company."""
WITHOUT_COMPANY = "140213066901001-01"


@cache
def a_policy() -> Policy:
    appeals = parse_appeals(read_yaml("appeals.yaml"))
    data = catalogue(), units(), places(), reasons(), "2026-11-24", SHIPPED_POLICIES, SHIPPED, appeals
    return Policy(*data)


def without_units() -> Policy:
    """The list of units is empty."""
    policy = a_policy()
    nobody = Units(version=policy.units.version, rules=policy.units.rules, units=())
    return replace(policy, units=nobody)
