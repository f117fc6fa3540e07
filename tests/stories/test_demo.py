"""`banjie demo` on a machine where nothing runs, and again where it runs."""

import json
import shutil
from pathlib import Path

import pytest

from cli.demo.script import Script
from libs.plumbing.data import data_folder
from tests.stories.conftest import Evening

pytestmark = pytest.mark.timeout(450)


def test_the_demo_starts_what_does_not_run_and_leaves_it_running(evening: Evening) -> None:
    assert evening.told["ok"]
    assert evening.told["url"] == evening.installation.url
    assert evening.told["ready_s"] <= evening.told["done_s"]
    assert evening.installation.told("status")["ok"]


def test_every_story_goes_from_report_to_closure(evening: Evening) -> None:
    closed = {}
    for story in evening.told["stories"]:
        assert story["stuck"] is None
        ends = [log["stages"][-1]["stage"] for log in story["timelines"].values()]
        closed[story["story"]] = ends
    assert closed == {1: ["closed"], 2: ["closed"], 3: ["closed"] * 4, 4: ["closed"]}


def test_every_step_is_told_in_both_languages_with_its_service_and_time(
    evening: Evening, script: Script
) -> None:
    for story in script.stories:
        lines = evening.story(story.number)["steps"]
        assert [line["step"] for line in lines] == [step.do for step in story.steps]
        for line in lines:
            assert line["zh"]
            assert line["en"]
            assert "?" not in line["zh"] + line["en"]
            assert line["said_by"]
            assert line["after_s"] >= 0


@pytest.mark.parametrize(
    ("number", "passed_by", "events"),
    [
        (
            1,
            "grid_worker",
            ["confirmation_asked", "confirmed", "planned", "item_done", "patrol_planned", "rated"],
        ),
        (2, "clerk", ["filed", "noted", "rated"]),
        (3, "system", ["filed", "check_passed"]),
        (4, "supervisor", ["filed", "attention_ordered", "patrol_planned"]),
    ],
)
def test_a_story_has_what_makes_it_that_story(
    evening: Evening, number: int, passed_by: str, events: list[str]
) -> None:
    story = evening.story(number)
    entries = story["timelines"][story["main"]]["entries"]
    said = [entry["event"].removesuffix(".v1") for entry in entries]
    assert set(events) <= set(said)
    assert passed_by in {entry["actor"]["role"] for entry in entries}
    assert ("confirmed" in said) == (number == 1)  # only a resident's report is first seen on the spot


def test_the_demo_tells_people_the_same_again_with_new_cases(evening: Evening, script: Script) -> None:
    ran = evening.installation.banjie("demo", within=300)
    assert (ran.code, ran.err) == (0, "")
    for story in script.stories:
        assert f"{story.zh} {story.en}" in ran.out
        assert story.title in ran.out  # its timeline
    assert evening.story(1)["timelines"]["hoarding"]["number"] not in ran.out
    for word in (
        "下发核查 check planned",
        "Asia/Shanghai",
        "banjie verify",
        "/records/v1/cases",
        "no_such_category",
    ):
        assert word in ran.out


def test_a_story_that_comes_to_no_end_is_named_with_its_stage(evening: Evening, tmp_path: Path) -> None:
    data = tmp_path / "data"
    shutil.copytree(data_folder(), data)
    stories = data / "stories.yaml"
    stories.write_text(
        stories.read_text("utf-8").replace("until: closed, zh", "until: reopened, zh", 1), "utf-8"
    )
    ran = evening.installation.banjie(
        "demo", "--json", "--patience", "8", env={"BANJIE_DATA_FOLDER": str(data)}, within=300
    )
    assert (ran.code, ran.err.count("\n")) == (1, 1)
    assert "story 1 Broken hoardings: await at 已结案 closed" in ran.err
    assert [bool(story["stuck"]) for story in json.loads(ran.out)["stories"]] == [True, False, False, False]
