"""How the corrections of clerks look on the terminal, and that what is shown can be judged."""

from datetime import datetime
from typing import Any

import pytest
from rich.console import Console

from cli import triage
from services.triage.learning import State

AT = "2026-11-25T01:00:00.123456Z"


def a_page(**more: Any) -> dict[str, Any]:
    one = {"case_id": "0193f000-0000-7000-8000-000000000001", "office": "yingbin", "was": None}
    one |= {"category": "street_lamp", "urgency": "urgent", "at": AT, "state": "open"}
    return {"corrections": [one], "back_to": AT, "after": None} | more


def shown(page: dict[str, Any]) -> str:
    console = Console(width=200, record=True)
    console.print(triage._table(page))
    return console.export_text()


def test_a_correction_is_told_in_both_languages_on_the_offices_clock() -> None:
    told = shown(a_page())
    for said in ("更正为 corrected", "待审核 open", "street_lamp", "2026-11-25T09:00:00.123456+08:00"):
        assert said in told
    assert "earlier" not in told


def test_the_time_that_is_shown_is_the_one_that_is_judged() -> None:
    assert datetime.fromisoformat(triage._local(AT, "yingbin")) == datetime.fromisoformat(AT)


def test_what_was_cut_off_is_told_with_the_cursor_that_goes_on() -> None:
    assert f"更早 earlier: --after {AT}" in shown(a_page(after=AT))


@pytest.mark.parametrize("state", State)
def test_every_state_has_words(state: str) -> None:
    assert triage.STATES[state]
