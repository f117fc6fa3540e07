"""How previews, moves and simulations look on the terminal."""

from typing import Any

import pytest
from rich.console import Console

from cli import policies, simulate
from cli.names import Names
from services.sla.named import Left


@pytest.fixture
def screen(monkeypatch: pytest.MonkeyPatch) -> Console:
    console = Console(width=200, record=True)
    for module in (policies, simulate):
        monkeypatch.setattr(module, "out", console)
    return console


def a_side(limit: str | None, due: str | None, standing: str) -> dict[str, Any]:
    return {"limit": limit, "due": due, "standing": standing}


def a_case(number: str, late: bool) -> dict[str, Any]:
    before = a_side("3 work_day", "2026-11-26T18:00:00+08:00", "in_time")
    after = a_side("4 work_hour", "2026-11-23T15:00:00+08:00", "overdue" if late else "in_time")
    clock = {"clock": "resolution", "generation": 1, "before": before, "after": after}
    return {"number": number, "unit": "pmc", "category": "hoarding", "late": late, "clocks": [clock]}


def a_preview(*cases: dict[str, Any]) -> dict[str, Any]:
    counts = dict.fromkeys(policies.COUNTS, 0) | {"cases": len(cases), "overdue": 1}
    version = {"id": "2027-01", "zh": "新规", "en": "new", "effective_from": "2027-01-01", "in_force": False}
    groups = [
        {"unit": unit, "category": category} | counts
        for unit, category in (("pmc", "hoarding"), ("office", None))
    ]
    return {"version": version, "looked_at": 20, "cases": list(cases), "groups": groups, "left_out": []}


def test_a_preview_counts_and_names_in_both_languages(screen: Console) -> None:
    policies._show(a_preview(a_case("YB-1", late=False)))
    shown = screen.export_text()
    for said in (
        "2027-01 新规 new · 2027-01-01",
        "破损围挡",
        "hoarding",
        "街道办 office",
        "合计 all",
        "将超时 overdue",
    ):
        assert said in shown
    assert (
        "处置时限 resolution: 3 work_day, 2026-11-26T18:00:00+08:00 → 4 work_hour, 2026-11-23T15:00:00+08:00"
        in shown
    )
    assert "在办 20 件，1 件适用其他版本" in shown


def test_named_cases_that_are_left_out_are_told_with_why(screen: Console) -> None:
    left_out = [
        {"case_id": "c-1", "number": "YB-1", "why": "another_unit"},
        {"case_id": "c-2", "number": None, "why": "unknown"},
    ]
    policies._show(a_preview() | {"left_out": left_out})
    policies._show_results([], left_out)
    shown = screen.export_text()
    assert shown.count("YB-1 left out 未列入: 主办单位不符 another unit leads it") == 2
    assert "c-2 left out 未列入: 无此案件" in shown
    assert policies._missed(left_out)
    assert not policies._missed([{"why": "already"}])


def test_every_reason_of_the_door_has_its_words() -> None:
    assert set(policies.LEFT_OUT) == set(Left)


def test_of_many_cases_only_those_are_named_that_would_be_late(screen: Console) -> None:
    cases = [a_case(f"YB-{number}", late=number == 3) for number in range(1, 8)]
    policies._show(a_preview(*cases))
    shown = screen.export_text()
    assert "YB-3 " in shown
    assert "将超时 would be overdue" in shown
    assert "YB-4" not in shown


def test_results_name_what_was_refused_and_why(screen: Console) -> None:
    done = {"number": "YB-1", "outcome": "done", "detail": None}
    refused = {"number": "YB-2", "outcome": "refused", "detail": "it is closed"}
    policies._show_results([done, refused], [])
    shown = screen.export_text()
    assert "YB-2 refused 未变更: it is closed" in shown
    assert "1 moved 已变更, 0 already 原已适用, 1 refused 未变更" in shown


def a_simulation(*rows: dict[str, Any]) -> dict[str, Any]:
    total = simulate._sum(list(rows))
    told = {"version": "2027-01", "from": "2026-11-01T00:00:00+08:00", "to": "2026-12-01T00:00:00+08:00"}
    return told | {"cases": 40, "unreadable": 1, "total": total, "rows": list(rows)}


def test_a_simulation_shows_before_after_and_the_change(screen: Console) -> None:
    before, after = {"due": 7, "breached": 1, "untold": 0}, {"due": 9, "breached": 4, "untold": 2}
    row = {"unit": "checker", "category": "", "clock": "check", "before": before, "after": after}
    simulate._show(a_simulation(row, row | {"category": "hoarding"}))
    shown = screen.export_text()
    for said in (
        "按责任单位 by unit",
        "核查员 checker",
        "核查时限 check",
        "+6",
        "2 of 14 as it was",
        "8 of 18 under 2027-01",
        "0 实际, 4 推演",
    ):
        assert said in shown
    assert "1 cases could not be read" in shown


def test_where_nothing_was_due_there_is_no_table(screen: Console) -> None:
    simulate._show(a_simulation())
    assert "0 of 0 as it was" in screen.export_text()


def test_a_code_that_the_data_does_not_know_is_its_own_name() -> None:
    names = Names()
    assert (names.unit("gone"), names.category("gone"), names.category(None)) == ("gone", "gone", "—")
