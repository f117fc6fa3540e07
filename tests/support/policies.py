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
    return parse_policies(written(day, **rules))


def written(
    day: str = "2026-12-01", levels: list[dict[str, Any]] | None = None, **rules: dict[str, Any]
) -> dict[str, Any]:
    """The same as plain data; `levels` instead of the first version's."""
    data = deepcopy(DATA)
    second = deepcopy(data["policies"][0]) | {"id": "second", "effective_from": day}
    for row in second["rules"]:
        row.update(rules.get(row["id"], {}))
    data["policies"].append(second | ({"levels": levels} if levels else {}))
    return data


RELAXED = {"response": "3 工作日", "acceptance": "4 工作时", "resolution": "10 工作日", "check": "2 工作日"}
STRICT = {"response": "1 工作时", "acceptance": "15 分钟", "resolution": "4 工作时", "check": "1 工作时"}
"""Targets of the rule for all cases that give more time than the first version does, and less."""
OTHER_LEVELS = [
    {"id": "half", "zh": "过半", "en": "half", "colour": "blue", "used": "1/2", "tell": ["unit"]},
    *DATA["policies"][0]["levels"],
]
"""The first version's levels, each with another number."""
