"""A policies file at the door: read beside the loop, and not of any length."""

import threading
from typing import Any, cast

import pytest
import yaml
from pydantic import ValidationError

from services.sla.app import reference
from services.sla.bodies import LONGEST_FILE, Previewed
from services.sla.policies import Known, PolicyDoor
from tests.support.calendars import at
from tests.support.policies import STRICT, written
from tests.support.reference import catalogue, offices

NOW = at("2026-11-25 09:00")


class Witness:
    """What is known, and which threads have asked for it."""

    def __init__(self) -> None:
        self.threads = set[int]()

    def __getattr__(self, name: str) -> frozenset[str]:
        self.threads.add(threading.get_ident())
        categories = frozenset(one.id for one in catalogue().subclasses)
        return categories if name == "categories" else frozenset(one.code for one in offices().offices)


async def test_a_file_is_read_and_judged_beside_the_loop() -> None:
    witness, nothing = Witness(), cast(Any, None)
    door = PolicyDoor(nothing, reference(), cast(Known, witness), lambda: NOW, nothing, nothing)
    text = yaml.safe_dump(written("2026-12-20", all={"targets": STRICT}), allow_unicode=True)
    _, policy = await door._wanted(Previewed(file=text), NOW)
    assert policy.id == "second"
    assert witness.threads
    assert threading.get_ident() not in witness.threads


def test_a_file_that_is_too_long_is_not_read_at_all() -> None:
    assert Previewed(file="#" * LONGEST_FILE).file
    with pytest.raises(ValidationError):
        Previewed(file="#" * (LONGEST_FILE + 1))
