"""A file of reports: what each line becomes, which lines are wrong, and what the import sends and says."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cli.console import FailedError
from cli.operator import Api
from cli.report_file import BadLine, Row, rows
from cli.report_import import AT_ONCE, send
from tests.support.reference import catalogue

HEAD = "text,category,place.lon,place.lat,contact.phone,contact.consent,fields.lamps,fields.lamp_number\n"


def read(text: str, *, as_csv: bool = False) -> list[Row | BadLine]:
    return list(rows(text, as_csv, catalogue()))


def reports(text: str, *, as_csv: bool = False) -> list[dict[str, Any]]:
    return [row.item["report"] for row in read(text, as_csv=as_csv) if isinstance(row, Row)]


def keys(text: str) -> list[str]:
    return [row.item["key"] for row in read(text) if isinstance(row, Row)]


def test_each_json_line_is_a_report_and_a_bad_one_harms_no_other() -> None:
    found = read('{"text":"一"}\n\nnot json\n[1]\n{"text":"二\u2028"}\n' + "[" * 100_000)
    assert [each.line for each in found] == [1, 3, 4, 5, 6]
    assert [isinstance(each, Row) for each in found] == [True, False, False, True, False]


def test_the_same_line_gets_the_same_key_and_a_twin_one_of_its_own() -> None:
    one, two = '{"text":"一","grid":"1"}', '{"grid":"1","text":"一"}'
    first, twin = keys(f"{one}\n{two}\n")
    assert (keys(one), keys(two)) == ([first], [first])
    assert twin == f"{first}:2"
    assert keys('{"text":"一","key":"mine-1"}') == ["mine-1"]


def test_mending_one_line_changes_no_other_key() -> None:
    before, after = keys('{"text":"a"}\n{"text":"b"}'), keys('{"text":"A"}\n{"text":"b"}')
    assert (before[0] != after[0], before[1] == after[1]) == (True, True)


def test_csv_cells_become_what_their_heading_asks() -> None:
    (report,) = reports(HEAD + "灯灭了,street_lamp,113.28,40,13900000000,是,3,0042\n", as_csv=True)
    assert report == {
        "text": "灯灭了",
        "category": "street_lamp",
        "place": {"lon": 113.28, "lat": 40},
        "contact": {"phone": "13900000000", "consent": True},
        "fields": {"lamps": 3, "lamp_number": "0042"},
    }


def test_empty_cells_say_nothing_and_quoted_ones_keep_their_lines() -> None:
    text = HEAD + '"第一行\n第二行",,,,,,,\n,,,,,,,\n好,,,,,,,\n'
    found = read(text, as_csv=True)
    assert [each.line for each in found] == [2, 5]
    assert reports(text, as_csv=True) == [{"text": "第一行\n第二行"}, {"text": "好"}]


@pytest.mark.parametrize(
    ("line", "detail"),
    [
        ("灯灭了,street_lamp,east,40,,,,", "place.lon: a number"),
        ("灯灭了,street_lamp,,,139,maybe,,", "contact.consent: yes or no"),
        ("灯灭了,street_lamp,,,,,many,", "fields.lamps: a number"),
        ("灯灭了,street_lamp", "2 cells under 8 headings"),
        ('"灯灭了', "no CSV from here on"),
    ],
)
def test_a_bad_csv_line_is_named_with_what_is_allowed(line: str, detail: str) -> None:
    (bad,) = read(HEAD + line, as_csv=True)
    assert isinstance(bad, BadLine)
    assert bad.line == 2
    assert bad.detail.startswith(detail)


@given(st.text(alphabet='a,"\n.{}[]:0é', max_size=60), st.booleans())
def test_whatever_a_file_holds_each_line_is_a_row_or_an_error(text: str, as_csv: bool) -> None:
    assert all(each.line >= 1 for each in read(text, as_csv=as_csv))


class Door(Api):
    """The batch door: takes each key once, refuses what has no text, goes away when told so."""

    def __init__(self, away_after: int = 99) -> None:
        super().__init__("http://nowhere", None)
        self.taken: set[str] = set()
        self._left = away_after

    def post(self, path: str, key: str, **content: Any) -> Any:
        if not self._left:
            raise FailedError("nowhere does not answer")
        self._left -= 1
        return {"results": [self._result(item) for item in content["json"]["reports"]]}

    def _result(self, item: dict[str, Any]) -> dict[str, Any]:
        if "text" not in item["report"]:
            return {
                "outcome": "refused",
                "detail": "report.text: Field required",
                "field": "report.text",
                "allowed": [],
            }
        outcome = "duplicate" if item["key"] in self.taken else "accepted"
        self.taken.add(item["key"])
        return {"outcome": outcome}


def a_file(lines: int) -> str:
    return "".join(json.dumps({"text": f"第{number}件"}) + "\n" for number in range(lines))


def sent(door: Door, text: str) -> tuple[dict[str, int], list[tuple[int, str]]]:
    complaints: list[tuple[int, str]] = []
    told = send(door, iter(read(text)), lambda line, detail: complaints.append((line, detail)))
    return told, complaints


def test_an_import_says_of_each_refused_line_why() -> None:
    told, complaints = sent(Door(), a_file(2) + "not json\n{}\n")
    assert told == {"accepted": 2, "duplicate": 0, "refused": 2}
    assert [line for line, _ in complaints] == [3, 4]
    assert complaints[1][1] == "report.text: Field required; field: report.text"


def test_an_import_that_was_cut_off_goes_on_where_it_was() -> None:
    door = Door(away_after=2)
    with pytest.raises(FailedError, match=f"done up to line {2 * AT_ONCE}: run it again"):
        sent(door, a_file(250))
    again = Door()
    again.taken = door.taken
    assert sent(again, a_file(250))[0] == {"accepted": 50, "duplicate": 200, "refused": 0}
