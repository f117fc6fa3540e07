"""Neighbours of reports without a database: nobody, or those that a test puts there."""

from collections.abc import Mapping, Sequence
from uuid import UUID

from libs.casework.case import Case
from libs.plumbing.data import read_yaml
from services.triage.duplicates import Guide
from services.triage.measures import Measures, parse_measures
from services.triage.neighbours import Spot
from tests.support.reference import catalogue, hearing, places


class NobodyNear:
    """Keeps nothing and finds nobody."""

    async def keep(self, spots: Sequence[Spot]) -> None:
        """Forgotten at once."""

    async def near(self, wanted: Mapping[Spot, int]) -> dict[UUID, list[UUID]]:
        return {}

    async def load_with_originals(self, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
        return {}


class EverybodyNear(NobodyNear):
    """Finds the same earlier cases for whatever is asked, and keeps what it was given."""

    def __init__(self, *cases: Case) -> None:
        self.cases = {case.id: case for case in cases}
        self.kept: list[Spot] = []

    async def keep(self, spots: Sequence[Spot]) -> None:
        self.kept += spots

    async def near(self, wanted: Mapping[Spot, int]) -> dict[UUID, list[UUID]]:
        return {spot.case_id: [each for each in self.cases if each != spot.case_id] for spot in wanted}

    async def load_with_originals(self, case_ids: Sequence[UUID]) -> dict[UUID, Case]:
        return dict(self.cases)


def the_measures() -> Measures:
    return parse_measures(read_yaml("duplicates.yaml"), catalogue())


def a_guide_to_duplicates() -> Guide:
    return Guide(the_measures(), catalogue(), places(), hearing().index, "test")
