"""What partners' systems sent and what they were answered: what a check afterwards holds the servers against."""

from dataclasses import dataclass, field
from typing import Any

from libs.plumbing.clock import now_us


@dataclass
class Sent:
    """What was sent since `since` (µs UTC) and what was answered. `refused`: (topic, value) of what must be refused."""

    since: int = field(default_factory=now_us)
    reports: set[str] = field(default_factory=set)
    http: dict[str, str] = field(default_factory=dict)
    outcomes: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    refused: list[tuple[str, bytes]] = field(default_factory=list)
    closed_at: dict[str, float] = field(default_factory=dict)
    parked: set[str] = field(default_factory=set)

    def cases(self) -> dict[str, set[str]]:
        """The cases that each accepted report was told to be: exactly one each, if all is well."""
        told = {key: {case} for key, case in self.http.items()}
        for report in self.reports:
            answers = self.outcomes.get(report, [])
            if named := {answer["subject"] for answer in answers if "subject" in answer}:
                told[report] = named
        return told

    def unanswered(self) -> set[str]:
        """Reports without an outcome."""
        return self.reports - set(self.outcomes)

    def open(self) -> set[str]:
        """Cases that are neither closed nor parked, as far as the news told."""
        every = {case for named in self.cases().values() for case in named}
        return every - set(self.closed_at) - self.parked

    def last_closed(self) -> float:
        """When the news of the last closing came."""
        return max(self.closed_at.values(), default=0.0)
