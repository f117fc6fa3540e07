"""The stories as data, the photos they show, and the words they are told in."""

from io import BytesIO

import pytest
from PIL import Image
from pydantic import ValidationError

from cli.demo.pictures import SCENES, SIZE, photo
from cli.demo.script import AWAIT, Script, door_of, read_script, stage_names
from cli.demo.teller import Told, filled
from libs.casework.events import EVENTS
from libs.casework.lifecycle import row_of
from libs.casework.offices import parse_offices
from libs.casework.places import parse_places
from libs.casework.topics import Door
from libs.casework.units import parse_units
from libs.plumbing.data import read_geojson, read_yaml
from libs.plumbing.pictures import reencoded


@pytest.fixture(scope="module")
def script() -> Script:
    return read_script()


def test_the_script_tells_four_stories_that_end_closed(script: Script) -> None:
    assert [story.number for story in script.stories] == [1, 2, 3, 4]
    for story in script.stories:
        assert "closed" in {step.until for step in story.steps if step.do == AWAIT}


def test_everybody_in_the_stories_fits_the_reviewed_data(script: Script) -> None:
    offices, units = parse_offices(read_yaml("offices.yaml")), parse_units(read_yaml("units.yaml"))
    places = parse_places(read_geojson("grids.geojson"))
    acting = [person for person in script.people.values() if person.roles]
    for one in (*acting, *script.systems.values()):
        assert offices.get(one.office)
        assert one.unit is None or units.get(one.unit)
    for person in acting:
        assert all(places.get(grid) for grid in person.grids)


def test_every_step_waits_for_an_event_that_there_is(script: Script) -> None:
    awaited = {step.until for story in script.stories for step in story.steps if step.until}
    assert all(row_of(f"{event}.v1") and EVENTS[f"{event}.v1"] for event in awaited)


def test_a_slip_of_the_pen_in_a_story_is_named(script: Script) -> None:
    content = script.model_dump()
    content["stories"][0]["steps"][0]["by"] = "nobody"
    with pytest.raises(ValidationError, match="nobody"):
        Script.model_validate(content)


def test_every_photo_that_a_story_shows_is_drawn_and_would_be_taken(script: Script) -> None:
    shown = {scene for story in script.stories for step in story.steps for scene in step.photos}
    assert shown <= SCENES.keys()
    for scene in shown:
        assert isinstance(reencoded(photo(scene)), bytes)
        with Image.open(BytesIO(photo(scene))) as image:
            assert image.size == SIZE


def test_a_scene_is_drawn_the_same_every_time() -> None:
    first = photo("broken_hoarding")
    photo.cache_clear()
    assert photo("broken_hoarding") == first


def test_a_system_asks_at_the_door_of_the_service_that_answers() -> None:
    assert (door_of("accept"), door_of("pass")) == (Door.WORK, Door.CHECKS)


def test_a_fact_that_is_missing_shows_as_a_question_mark() -> None:
    assert filled("{number} at {place}", {"number": "YB-1"}) == "YB-1 at ?"


def test_tracking_is_told_in_both_languages() -> None:
    assert stage_names([{"stage": "filed", "stage_zh": "已立案", "at": ""}]) == "已立案 filed"


def test_what_is_told_to_machines_has_story_step_service_and_time(script: Script) -> None:
    told, story = Told(), script.stories[0]
    told.begin(story)
    told.step(story.steps[0], "intake", {"number": "YB-1", "receipt": "R"})
    (line,) = told.lines
    assert (line["story"], line["step"], line["said_by"]) == (1, "report", "intake")
    assert "YB-1" in str(line["zh"])
