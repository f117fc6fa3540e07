"""`banjie sla board` and `suspended`: what they show, how one leaves, what is wrong to ask for."""

import io
from typing import Any

import pytest
from rich.console import Console

from cli import board
from cli.board import follow, shown
from cli.console import FailedError
from cli.ledger import ledger
from tests.rules.cli.test_sla import Screen, typed

NAME = {"zh": "某", "en": "some"}


def a_clock(**instead: Any) -> dict[str, Any]:
    return {
        "case_id": "0193f111-0000-7000-8000-000000000001",
        "number": "YB-2611-00001",
        "office": "yingbin",
        "clock": "item:clear",
        "name": {"zh": "工作项时限", "en": "item"},
        "generation": 1,
        "colour": "red",
        "level": "overdue",
        "level_name": {"zh": "超时", "en": "overdue"},
        "due": "2026-11-27T02:00:00.000000Z",
        "state": "running",
        "unit": "pmc",
        "unit_name": {"zh": "物业服务企业", "en": "property company"},
        "grid": None,
        "grid_name": None,
        "category": "hoarding",
        "category_name": None,
        "urgency": "normal",
    } | instead


def a_page(*clocks: dict[str, Any], groups: int = 1) -> dict[str, Any]:
    count = {"code": "pmc", "name": None, "blue": 1, "yellow": 2, "red": 3}
    counts = {"total": count, "units": [count] * groups, "grids": [count | {"code": None}]}
    return {"as_of": "2026-11-27T04:05:00Z", "counts": counts, "clocks": list(clocks), "after": None}


def written(what: Any, **more: Any) -> str:
    console = Console(width=200, file=io.StringIO(), record=True, **more)
    console.print(what)
    return console.export_text()


def test_each_colour_stands_there_in_words_too() -> None:
    clocks = [a_clock(colour=colour) for colour in ("red", "yellow", "blue")]
    text = written(shown(a_page(*clocks)))
    for words in ("超时 overdue", "滞后 behind", "临期 near due"):
        assert text.count(words) >= 3


def test_a_clock_tells_its_item_its_deadline_on_the_offices_wall_and_how_long_it_is_over() -> None:
    text = written(shown(a_page(a_clock())))
    for words in (
        "YB-2611-00001",
        "工作项时限 item clear",
        "2026-11-27 10:00:00",
        "-2 h 5 min",
        "物业服务企业 property company",
        "hoarding",
    ):
        assert words in text
    assert "55 min" in written(shown(a_page(a_clock(due="2026-11-27T05:00:00Z"))))


def test_an_empty_board_says_so_and_a_long_one_that_there_is_more() -> None:
    assert "无 nothing" in written(shown(a_page()))
    text = written(shown(a_page(a_clock(), groups=11) | {"after": "x"}))
    assert "另有 3 项 and 3 more" in text
    assert "更多 more" in text


def test_it_is_shown_again_until_it_is_interrupted_and_then_left_without_a_word(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    looks: list[int] = []

    def fetch() -> dict[str, Any]:
        looks.append(1)
        if len(looks) == 2:
            raise FailedError("nobody answers")
        if len(looks) == 4:
            raise KeyboardInterrupt
        return a_page(a_clock(number=f"YB-{len(looks)}"))

    monkeypatch.setattr(board.time, "sleep", lambda seconds: None)
    screen = io.StringIO()
    follow(fetch, 2.0, Console(width=160, file=screen, force_terminal=True))
    text = screen.getvalue()
    assert "YB-1" in text
    assert "not up to date: nobody answers" in text
    assert "YB-3" in text
    assert "Traceback" not in text
    # The cursor and the screen are given back.
    assert text.rstrip().endswith(("\x1b[?25h", "\x1b[?1049l", "\x1b[?1049l\x1b[?25h"))


def test_what_is_not_there_at_first_is_an_error() -> None:
    def fetch() -> dict[str, Any]:
        raise FailedError("nobody answers")

    with pytest.raises(FailedError):
        follow(fetch, 2.0, Console(file=io.StringIO()))


def a_waiting_case(**instead: Any) -> dict[str, Any]:
    return {
        "case_id": "0193f111-0000-7000-8000-000000000001",
        "number": "YB-2611-00001",
        "office": "yingbin",
        "unit": "pmc",
        "unit_name": NAME,
        "grid": None,
        "grid_name": None,
        "category": "hoarding",
        "category_name": None,
        "reason": "budget",
        "reason_name": {"zh": "需列入资金计划", "en": "money has to be planned"},
        "approver": "s-0007",
        "since": "2026-11-01T01:00:00Z",
        "review": "2026-11-15T01:00:00Z",
        "overdue": True,
    } | instead


def test_the_ledger_says_which_reviews_are_overdue() -> None:
    cases = [a_waiting_case(), a_waiting_case(review=None), a_waiting_case(overdue=False)]
    text = written(ledger({"as_of": "2026-11-27T04:05:00Z", "cases": cases, "after": "1.x"}))
    assert "reviews overdue: 2" in text
    for words in (
        "2026-11-15 09:00 逾期 overdue",
        "– 逾期 overdue",
        "需列入资金计划",
        "s-0007",
        "--after 1.x",
    ):
        assert words in text


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["board", "--unit", "moon"], "there is no unit 'moon'; known: office, checker,"),
        (["board", "--grid", "140213053902"], "there is no grid 140213053902"),
        (["board", "--level", "dire"], "there is no level 'dire'; known: near, behind, overdue"),
        (["board", "--category", "moon"], "there is no category 'moon'"),
        (["board", "--office", "moon"], "there is no office 'moon'"),
        (["board", "--colour", "pink"], "'--colour'"),
        (["board", "--clock", "moon"], "'--clock'"),
        (["board", "--limit", "0"], "'--limit'"),
        (["suspended", "--unit", "office"], "there is no unit 'office'"),
        (["suspended", "--grid", "x"], "there is no grid x"),
    ],
)
def test_what_was_typed_wrong_is_one_line_and_code_two(
    words: list[str], said: str, monkeypatch: pytest.MonkeyPatch, capsys: Screen
) -> None:
    code, out, err = typed(["sla", *words], monkeypatch, capsys)
    assert (code, out, err.count("\n")) == (2, "", 1)
    assert said in err
