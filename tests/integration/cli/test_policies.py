"""Deadlines on the command line of a running installation: explain, and what another policy would change."""

import time
from pathlib import Path

import pytest
import yaml

from tests.support.installation import Installation, Ran
from tests.support.policies import DATA, STRICT, written

WORDS = "小区门口垃圾成堆，没人清运"
PLACE = ("--lon", "113.288799", "--lat", "40.066986")
TODAY = time.strftime("%Y-%m-%d", time.gmtime(time.time() + 8 * 3600))
PERIOD = ("--from", TODAY, "--to", TODAY)


@pytest.fixture(scope="module")
def number(installation: Installation) -> str:
    """A case of a grid worker's, who has seen it: filed at once."""
    key = installation.token("grid_worker", id="grid-1")
    told = installation.banjie("report", "--text", WORDS, *PLACE, "--json", env={"BANJIE_KEY": key}).json
    number = str(told["number"])
    ends = time.monotonic() + 30
    while time.monotonic() < ends and installation.told("case", "show", number)["stage"] != "dispatched":
        time.sleep(0.2)
    return number


@pytest.fixture
def stricter(tmp_path: Path) -> str:
    """A policies file that is not in force."""
    file = tmp_path / "stricter.yaml"
    file.write_text(yaml.safe_dump(written("2099-01-01", all={"targets": STRICT}), allow_unicode=True))
    return str(file)


def one_line(ran: Ran, code: int, *said: str) -> None:
    assert (ran.code, ran.out, ran.err.count("\n")) == (code, "", 1), ran
    for each in said:
        assert each in ran.err


def test_a_case_is_explained_clock_by_clock_in_both_languages(
    installation: Installation, number: str
) -> None:
    ran = installation.banjie("sla", "explain", number)
    assert ran.code == 0, ran
    for said in ("响应时限 第 1 轮 · response, generation 1", "签收时限", "处置时限", "届满", "due: ", "█"):
        assert said in ran.out
    only = installation.banjie("sla", "explain", number, "--clock", "response")
    assert "响应时限" in only.out
    assert "处置时限" not in only.out


def test_the_explanation_is_one_document_for_machines(installation: Installation, number: str) -> None:
    found = installation.told("sla", "explain", number, "--clock", "case")
    (clock,) = found["clocks"]
    assert (found["number"], clock["clock"], clock["generation"]) == (number, "case", 1)
    assert clock["computation"] or clock["trouble"]


def test_what_cannot_be_explained_is_one_line(installation: Installation, number: str) -> None:
    one_line(
        installation.banjie("sla", "explain", number, "--clock", "moon"),
        2,
        "has no clock 'moon'; it has: response",
    )
    one_line(installation.banjie("sla", "explain", "YB-0000-00000"), 1, "no case has the number")
    one_line(installation.banjie("sla", "explain"), 2, "CASE")


def test_the_versions_are_listed(installation: Installation) -> None:
    (version,) = installation.told("sla", "policies")
    assert (version["id"], version["in_force"]) == ("2026-11", True)
    assert "施行中 in force" in installation.banjie("sla", "policies").out


def test_a_file_is_previewed_and_nothing_is_touched(
    installation: Installation, number: str, stricter: str
) -> None:
    before = installation.told("case", "log", number)["entries"]
    found = installation.told("sla", "preview", stricter)
    assert number in {case["number"] for case in found["cases"]}
    assert sum(group["cases"] for group in found["groups"]) == len(found["cases"]) <= found["looked_at"]
    shown = installation.banjie("sla", "preview", stricter, "--case", number)
    assert "类别 category" in shown.out
    assert "1 go by another version" in shown.out
    assert installation.told("case", "log", number)["entries"] == before


def test_a_move_shows_first_and_does_only_what_is_confirmed(installation: Installation, number: str) -> None:
    wish = ("sla", "move", "2026-11", "--reason", "new_rules", "--case", number)
    shown = installation.banjie(*wish)
    assert (shown.code, "nothing was changed" in shown.err) == (0, True)
    # There is no other version here to come from.
    whim = ("sla", "move", "2026-11", "--reason", "whim", "--yes")
    one_line(installation.banjie(*whim), 2, "there is no reason 'whim'; known: new_rules")
    done = installation.told(*wish, "--yes")
    (left_out,) = done.pop("left_out")
    assert (left_out["number"], left_out["why"]) == (number, "already")
    assert done == {"version": "2026-11", "results": []}


def test_a_period_under_a_stricter_policy(installation: Installation, number: str, stricter: str) -> None:
    found = installation.told("sla", "simulate", stricter, *PERIOD)
    assert found["version"] == "second"
    assert found["cases"] >= 1
    table = installation.banjie("sla", "simulate", stricter, *PERIOD, "--workers", "1").out
    assert "超时 breaches:" in table


def test_the_same_policy_gives_the_same_before_and_after(installation: Installation, number: str) -> None:
    found = installation.told("sla", "simulate", "2026-11", *PERIOD)
    assert all(row["before"] == row["after"] for row in found["rows"])
    assert found["total"]["before"] == found["total"]["after"]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("2027-13", *PERIOD), "there is no policy '2027-13'; known: 2026-11"),
        (("nowhere.yaml", *PERIOD), "cannot read nowhere.yaml: No such file"),
        (
            ("2026-11", "--from", "2026-11-10", "--to", "2026-11-09"),
            "--from 2026-11-10 comes after --to 2026-11-09",
        ),
        (("2026-11", "--from", "soon", "--to", TODAY), "--from: 'soon' is no day"),
        (("2026-11", "--from", "2099-01-01", "--to", "2099-01-02"), "--from 2099-01-01 lies ahead"),
        (("2026-11", "--from", "2019-06-01", "--to", TODAY), "no table of rest days for 2019"),
        (("2026-11", *PERIOD, "--unit", "moon"), "there is no unit 'moon'"),
        (("2026-11", *PERIOD, "--category", "moon"), "there is no category 'moon'"),
        (("2026-11", *PERIOD, "--office", "moon"), "there is no office 'moon'"),
        (("2026-11", *PERIOD, "--version", "other"), "--version goes with a file"),
    ],
)
def test_a_wrong_question_is_one_line_and_code_two(
    installation: Installation, words: tuple[str, ...], said: str
) -> None:
    one_line(installation.banjie("sla", "simulate", *words), 2, said)


def test_a_wrong_file_is_told_with_its_line(installation: Installation, tmp_path: Path) -> None:
    file, data = tmp_path / "wrong.yaml", written()
    data["policies"][1]["rules"][0]["when"] = {"category_is": ["moon_dust"]}
    file.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False))
    for command in ("preview", "simulate"):
        more = PERIOD if command == "simulate" else ()
        one_line(
            installation.banjie("sla", command, file, *more), 2, "wrong.yaml, line ", "there is no moon_dust"
        )
    file.write_text("policies:\n  - {id: [\n")
    one_line(installation.banjie("sla", "preview", file), 2, "wrong.yaml, line 3: ")


def test_a_file_that_changes_what_is_in_force_is_refused(installation: Installation, tmp_path: Path) -> None:
    file, changed = tmp_path / "changed.yaml", yaml.safe_dump(DATA, allow_unicode=True)
    file.write_text(changed.replace("15 分钟", "16 分钟"))
    one_line(
        installation.banjie("sla", "preview", file),
        2,
        "version 2026-11 has been in force and may not change (rules)",
    )
