"""The limits of every category as a policy version holds them: `python -m tools.policy_limits` prints rows for a new one.

A version keeps what it was made with, so it is complete in itself; a test holds the newest one against the catalogue.
"""

import sys
from collections.abc import Sequence

from libs.casework.calendar.amount import amount
from libs.casework.categories import Catalogue, Limit, LimitUnit, Subclass, parse_catalogue
from libs.casework.deadlines.policies import parse_policies
from libs.plumbing.data import read_yaml

# How long a unit is on the clock on the wall, on average: five workdays of eight hours in seven days. Only to compare.
_LENGTH = {
    LimitUnit.URGENT_HOUR: 1.0,
    LimitUnit.WORK_HOUR: 24 * 7 / 5 / 8,
    LimitUnit.URGENT_DAY: 24.0,
    LimitUnit.WORK_DAY: 24 * 7 / 5,
}


def limits_of(subclass: Subclass, handbooks: Sequence[str]) -> dict[str, str]:
    """The subclass's row. Of the first handbook that knows it: its limit for all faults of the kind, else the shortest
    for urgent cases and the longest for others, since a log does not tell the sort of fault.
    """
    row = {"class": subclass.class_id}
    found = next(filter(None, (_by(handbook, subclass) for handbook in handbooks)), [])
    if found:
        plain = [limit for limit in found if limit.when is None]
        ordered = sorted(plain[:1] or found, key=_length)
        row |= {"normal": _text(ordered[-1]), "urgent": _text(ordered[0]), "source": ordered[0].source}
    if subclass.response_min:
        row["response"] = f"{subclass.response_min} minutes"
    return row


def table(catalogue: Catalogue, handbooks: Sequence[str]) -> dict[str, dict[str, str]]:
    """The rows of every subclass, in the order of the catalogue."""
    return {subclass.id: limits_of(subclass, handbooks) for subclass in catalogue.subclasses}


def _by(handbook: str, subclass: Subclass) -> list[Limit]:
    return [limit for limit in subclass.limits if limit.source == handbook]


def _length(limit: Limit) -> float:
    return limit.value * _LENGTH[limit.unit]


def _text(limit: Limit) -> str:
    return str(amount(limit.value, limit.unit))


def main() -> None:
    """Print the rows as YAML, for the handbooks of the newest policy or those named."""
    catalogue = parse_catalogue(read_yaml("categories.yaml"))
    handbooks = sys.argv[1:] or parse_policies(read_yaml("policies.yaml")).policies[-1].handbooks
    for subclass, row in table(catalogue, handbooks).items():
        cells = ", ".join(f"{name}: {value}" for name, value in row.items())
        sys.stdout.write(f"      {subclass}: {{{cells}}}\n")


if __name__ == "__main__":
    main()
