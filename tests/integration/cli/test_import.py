"""A file of reports on a whole installation: taken in, taken in before, refused by line; and the blocklist."""

import json
from pathlib import Path
from typing import Any

from tests.support.installation import Installation, Ran

LINES = [
    {"text": "和泰社区路灯不亮", "category": "street_lamp", "fields": {"lamps": 3}},
    {"text": "和泰社区路灯不亮", "category": "street_lamp", "fields": {"lamps": 999}},
    {"text": "桐城金城小区垃圾成堆", "location": {"compound": "桐城金城"}},
]


def a_file(folder: Path, lines: list[Any], name: str = "round.jsonl") -> Path:
    file = folder / name
    file.write_text("".join(json.dumps(line, ensure_ascii=False) + "\n" for line in lines), "utf-8")
    return file


def imported(installation: Installation, file: Path, *more: str) -> Ran:
    return installation.banjie("report", "import", file, "--json", *more)


def test_a_file_is_imported_once_and_its_mended_line_later(
    installation: Installation, tmp_path: Path
) -> None:
    file = a_file(tmp_path, LINES)
    first, again = imported(installation, file), imported(installation, file)
    mended = imported(installation, a_file(tmp_path, [LINES[0], LINES[1] | {"fields": {}}, LINES[2]]))
    assert (first.code, first.json) == (2, {"accepted": 2, "duplicate": 0, "refused": 1})
    assert "line 2: lamps (不亮盏数)" in first.err
    assert "allowed: a number from 1 to 200" in first.err
    assert again.json == {"accepted": 0, "duplicate": 2, "refused": 1}
    assert (mended.code, mended.json) == (0, {"accepted": 1, "duplicate": 2, "refused": 0})


def test_csv_of_an_office_program_is_imported(installation: Installation, tmp_path: Path) -> None:
    file = tmp_path / "round.csv"
    file.write_bytes("text,location.compound\n楼道堆物,北馨花园\n".encode("gb18030"))
    wrong = imported(installation, file)
    right = imported(installation, file, "--encoding", "gb18030", "--office", "shuibosi")
    assert (wrong.code, "line 2: not utf-8" in wrong.err) == (2, True)
    assert (right.code, right.json["accepted"]) == (0, 1)


def test_what_cannot_be_imported_is_said_in_one_line(installation: Installation, tmp_path: Path) -> None:
    missing = imported(installation, tmp_path / "missing.csv")
    unknown = imported(installation, a_file(tmp_path, LINES, "round.txt"))
    nothing = installation.banjie("report")
    assert [each.code for each in (missing, unknown, nothing)] == [2, 2, 2]
    assert all(len(each.err.splitlines()) == 1 for each in (missing, unknown, nothing))


def test_a_reporter_is_blocked_listed_and_let_in_again(installation: Installation) -> None:
    block = ("blocklist", "add", "--phone", "139 0000 1111", "--reason", "abuse")
    report = ("report", "--text", "又来了", "--phone", "13900001111")
    made, again = installation.told(*block), installation.told(*block)
    refused = installation.banjie(*report)
    listed = installation.told("blocklist", "list")
    removed = installation.told("blocklist", "remove", made["block_id"])
    welcome = installation.banjie(*report)
    wrong = installation.banjie("blocklist", "add", "--phone", "1", "--reason", "dislike")
    assert (made["already"], again["already"], removed["already"]) == (False, True, False)
    assert (refused.code, "辱骂" in refused.err) == (1, True)
    assert [each["refused"] for each in listed if each["block_id"] == made["block_id"]] == [1]
    assert welcome.code == 0
    assert "false_reports" in wrong.err
