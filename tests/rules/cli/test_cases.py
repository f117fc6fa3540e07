"""How `banjie case list` shows cases."""

from typing import Any

import pytest
from rich.console import Console

from cli.cases import _asked, _joined, _table, _waits_until


def a_row(urgency: str | None) -> dict[str, Any]:
    names = {"category": None, "units": {}}
    awaits = {"machine": None, "person": "clerk", "since": "2026-11-06T02:00:00Z"}
    same = {
        "number": "YB-2611-00001",
        "office": "yingbin",
        "stage": "reported",
        "lead": None,
        "parked": False,
    }
    return same | {"names": names, "awaits": awaits, "urgency": urgency}


@pytest.mark.parametrize(
    ("urgency", "shown"), [("emergency", "特急 emergency"), ("normal", "一般 normal"), (None, "")]
)
def test_the_list_says_how_urgent_a_case_is(urgency: str | None, shown: str) -> None:
    console = Console(width=200, record=True)
    console.print(_table({"cases": [a_row(urgency)], "after": None}))
    written = console.export_text()
    assert "紧急程度 urgency" in written
    assert shown in written


@pytest.mark.parametrize(
    ("asked", "shown"),
    [
        (None, ""),
        (
            {"clock": "case", "more": "2 work_day", "reason": "materials"},
            "延期 extension · case · 2 work_day · materials",
        ),
        ({"clock": None, "reason": "budget", "until": None}, "挂账 suspension · budget"),
        (
            {"clock": None, "reason": "budget", "until": "2026-11-27T02:00:00Z"},
            "挂账 suspension · budget · 2026-11-27 10:00:00",
        ),
    ],
)
def test_a_case_says_what_a_supervisor_has_to_answer(asked: dict[str, Any] | None, shown: str) -> None:
    assert _asked(asked, "Asia/Shanghai") == shown


def test_a_case_says_why_it_waits_and_until_when() -> None:
    held = {"reason": "budget", "approver": "s-0007", "until": "2026-11-27T02:00:00Z"}
    assert _waits_until(held, "Asia/Shanghai") == "budget · s-0007 · 复查 review 2026-11-27 10:00:00"
    assert _waits_until(held | {"until": None}, "Asia/Shanghai") == "budget · s-0007"
    assert _waits_until(None, "Asia/Shanghai") == ""


def test_a_case_shows_what_belongs_to_it() -> None:
    link = {"other": "0193", "how": "cause"}
    likely = {"number": "YB-2611-00002", "zh": "相距 10 米", "en": "10 m apart"}
    case = {"merged_into": None, "followers": 3, "linked": [link], "duplicates": [likely]}
    assert _joined(case) == {
        "并入 merged into": "",
        "并入本案 followers": "3",
        "关联 linked": "起因案件 cause: 0193",
        "疑似重复 may be the same as": "YB-2611-00002 (相距 10 米; 10 m apart)",
    }
