"""How `banjie case list` shows cases."""

from typing import Any

import pytest
from rich.console import Console

from cli.cases import _joined, _table


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
