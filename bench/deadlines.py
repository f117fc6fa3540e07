"""Deadlines a second on one core, by `data/calendars.yaml`: `python -m bench.deadlines` prints one JSON document.

A mix of limits of all four units, from moments spread over several months; durations stay within a year.
"""

import json
import sys
from itertools import cycle, islice
from statistics import median
from time import perf_counter

from libs.casework.calendar import Amount, Calendar, parse_amount, parse_calendars
from libs.casework.deadlines.clocks import clocks
from libs.casework.deadlines.policies import parse_policies
from libs.casework.samples import lives
from libs.plumbing.data import read_yaml

LIMITS = (
    "2 work_hour",
    "4 work_hour",
    "0.5 work_hour",
    "1 work_day",
    "5 work_day",
    "20 work_day",
    "120 work_day",
)
AROUND_THE_CLOCK = ("2 urgent_hour", "7 urgent_day")
BEGIN, STEP = 1_767_196_800_000_000, 137_000_001
"""2026-01-01 00:00 in Datong, µs UTC, and how far apart (µs) the reports are: every hour of the day comes up."""
COUNT, TURNS = 100_000, 5


def deadlines_per_second(limits: tuple[str, ...] = LIMITS, count: int = COUNT) -> float:
    """The median of five turns, the calendar laid out beforehand as in a running service."""
    calendars = parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    calendar = calendars.get("datong-office")
    reports = _reports(limits, count)
    _turn(calendar, reports)
    return median(count / _turn(calendar, reports) for _ in range(TURNS))


def logs_per_second(count: int = 300) -> float:
    """Logs of 43 entries whose clocks are computed anew, the median of five turns: what a whole life of a case comes to."""
    calendars = parse_calendars(read_yaml("calendars.yaml"), read_yaml("holidays.yaml"))
    policies = parse_policies(read_yaml("policies.yaml"))
    log = [sealed.entry for sealed in lives()[0]]
    clocks(log, policies, calendars)

    def turn() -> float:
        began = perf_counter()
        for _ in range(count):
            clocks(log, policies, calendars)
        return perf_counter() - began

    return median(count / turn() for _ in range(TURNS))


def _reports(limits: tuple[str, ...], count: int) -> list[tuple[int, Amount]]:
    amounts = cycle([parse_amount(limit) for limit in limits])
    # Five months of reports, so that the longest limit ends before the tables do.
    instants = (BEGIN + number * STEP % 13_000_000_000_000 for number in range(count))
    return list(zip(instants, islice(amounts, count), strict=True))


def _turn(calendar: Calendar, reports: list[tuple[int, Amount]]) -> float:
    began = perf_counter()
    for at, amount in reports:
        calendar.add(at, amount)
    return perf_counter() - began


def main() -> None:
    figures = {
        "deadlines_per_second": round(deadlines_per_second()),
        "logs_of_43_entries_per_second": round(logs_per_second()),
        **{
            f"{limit}_per_second": round(deadlines_per_second((limit,)))
            for limit in (*LIMITS, *AROUND_THE_CLOCK)
        },
    }
    sys.stdout.write(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
