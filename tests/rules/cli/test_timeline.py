"""A case's story on the command line."""

from typing import Any

from rich.console import Console

from cli.timeline import timeline


def shown(event: str, zh: str, en: str, **data: Any) -> str:
    entry = {
        "seq": 1,
        "at": "2026-11-25T01:45:00Z",
        "waited_us": 0,
        "event": event,
        "name": {"zh": zh, "en": en},
        "stage": "dispatched",
        "said_by": "sla",
        "actor": {"id": "service:sla", "role": "system"},
        "data": data,
    }
    console = Console(width=200, record=True)
    console.print(timeline({"number": "YB-2611-00001", "entries": [entry]}))
    return console.export_text()


def test_what_is_said_of_a_deadline_names_its_clock_in_both_languages() -> None:
    breached = shown("deadline_breached.v1", "超时", "deadline breached", clock="acceptance", generation=1)
    assert "超时 deadline breached · 签收时限 acceptance" in breached
    assert "规则 by rule" in breached


def test_of_a_work_item_it_names_the_item_too() -> None:
    warned = shown("deadline_warned.v1", "临期预警", "deadline warned", clock="item:clear", generation=1)
    assert "临期预警 deadline warned · 工作项时限 item clear" in warned


def test_a_move_to_another_policy_names_both_versions() -> None:
    moved = shown(
        "policy_changed.v1", "变更时限规则", "policy changed", from_version="2026-11", to_version="2027-01"
    )
    assert "变更时限规则 policy changed · 2026-11 → 2027-01" in moved


def test_other_events_are_called_by_their_names_alone() -> None:
    assert "签收 accepted " in shown("accepted.v1", "签收", "accepted")
