"""Policies to test with: the shipped ones, and variations."""

from copy import deepcopy
from typing import Any

from libs.casework.deadlines.policies import Policies, Policy, parse_policies
from libs.plumbing.data import read_yaml

DATA: dict[str, Any] = read_yaml("policies.yaml")
SHIPPED_POLICIES: Policies = parse_policies(DATA)
FIRST: Policy = SHIPPED_POLICIES.policies[0]


def two_versions(day: str = "2026-12-01", **rules: dict[str, Any]) -> Policies:
    """The first version, and from `day` on a second one in which these rules differ: `two_versions(all={"targets": …})`."""
    data = deepcopy(DATA)
    second = deepcopy(data["policies"][0]) | {"id": "second", "effective_from": day}
    for row in second["rules"]:
        row.update(rules.get(row["id"], {}))
    data["policies"].append(second)
    return parse_policies(data)
