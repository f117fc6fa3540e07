"""The page for other systems is true: its examples are taken at the doors, and it names the commands that there are."""

import json
import re
from pathlib import Path
from typing import Any

import pytest

from libs.casework.topics import Door, door_prefix
from libs.casework.vocabulary import Role
from libs.stages.commands import CommandTable
from libs.stages.messages import Message, read_message
from libs.stages.publishers import Publisher
from services.closure.commands import command_table as closure_table
from services.dispatch.commands import command_table as dispatch_table
from services.intake.bodies import REPORT_SUBMITTED, Report
from services.intake.reporters import system
from services.intake.rules import Opening, take_in
from tests.rules.closure.asking import a_policy as closure_policy
from tests.rules.dispatch.policies import a_policy as dispatch_policy
from tests.support.reference import a_guide

PAGE = (Path(__file__).parents[2] / "docs/doors.md").read_text("utf-8")
NOW = 1_798_000_000_000_000
MESSAGES = [text for text in re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL) if "specversion" in text]
TABLES: dict[Door, CommandTable] = {
    Door.WORK: dispatch_table(dispatch_policy(), lambda: NOW),
    Door.CHECKS: closure_table(closure_policy(), lambda: NOW, lambda: ()),
}


def of_a_system(door: Door) -> dict[str, Any]:
    return {name: row for name, row in TABLES[door].items() if Role.SYSTEM in row.roles}


@pytest.mark.parametrize("text", MESSAGES)
def test_an_example_can_be_sent_as_it_stands(text: str) -> None:
    message = read_message(json.dumps(json.loads(text)).encode(), "fire-rounds", NOW)
    assert isinstance(message, Message), message
    if message.type == REPORT_SUBMITTED:
        report, sender = Report.model_validate(message.data), Publisher("fire-rounds", "yingbin", frozenset())
        assert isinstance(take_in(report, system(sender), a_guide(), NOW), Opening)
    else:
        name = message.type.removeprefix(door_prefix(Door.WORK)).removesuffix(".v1")
        of_a_system(Door.WORK)[name].body.model_validate(message.data)
        assert message.subject is not None


def test_there_are_examples_of_reports_and_of_work() -> None:
    assert len(MESSAGES) == 3


def test_the_page_names_the_commands_that_a_system_may_give() -> None:
    (line,) = [line for line in PAGE.splitlines() if "for work `" in line]
    work, checks = (set(re.findall(r"`(\w+)`", part)) for part in line.split("for checks"))
    assert (work, checks) == (set(of_a_system(Door.WORK)), set(of_a_system(Door.CHECKS)))
