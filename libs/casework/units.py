"""Units that lead (主办) or help (协办), and who owns what inside a compound. Pure look-ups over reviewed data."""

from collections.abc import Mapping
from functools import cached_property
from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Field

from libs.casework.categories import Row, Subclass
from libs.casework.places import Place

PROPERTY_COMPANY = "pmc"
COMMUNITY = "community"


class Unit(Row):
    """One body that cases are sent to. `level`: grid, compound, community, street, district or city."""

    id: str
    zh: str
    en: str
    level: str
    kind: str
    note: str | None = None


class ReturnsAllowed(Row):
    """How often a case may be sent back (退单) before a final ruling (终审)."""

    value: Annotated[int, Field(ge=0)]
    note: str
    source: str


class OwnerRule(Row):
    """Inside a compound's boundary these subclasses belong to the property company, or to the community without one."""

    zh: str
    en: str
    subclasses_inside_compound: frozenset[str]


class Rules(Row):
    """The office's rules about units."""

    returns_allowed: ReturnsAllowed
    checker_not_handler: str
    owner_rule: OwnerRule


class Owners(Row):
    """Who leads and who helps, and the rule that said so."""

    lead: str
    helps: tuple[str, ...]
    because: str


class Units(BaseModel):
    """All units of one version; `version` (a date) is recorded with every decision that used it."""

    model_config = ConfigDict(frozen=True, extra="ignore")

    version: str
    rules: Rules
    units: tuple[Unit, ...]

    def get(self, unit: str) -> Unit | None:
        """The unit with that id, or None."""
        return self._by_id.get(unit)

    @property
    def returns_allowed(self) -> int:
        """The return after this many needs a ruling that cannot be returned."""
        return self.rules.returns_allowed.value

    def owners(self, subclass: Subclass, compound: Place | None = None) -> Owners:
        """Who leads a case of `subclass`, inside `compound` or (None) in public space."""
        inside = self.rules.owner_rule.subclasses_inside_compound
        if compound is None or subclass.id not in inside:
            return Owners(lead=subclass.lead, helps=subclass.helps, because="category")
        lead = PROPERTY_COMPANY if compound.property_company else COMMUNITY
        because = "inside_compound" if compound.property_company else "compound_without_property_company"
        return Owners(lead=lead, helps=_helpers(subclass, lead, compound), because=because)

    @cached_property
    def _by_id(self) -> dict[str, Unit]:
        return {unit.id: unit for unit in self.units}


def _helpers(subclass: Subclass, lead: str, compound: Place) -> tuple[str, ...]:
    bodies = dict.fromkeys((subclass.lead, *subclass.helps))
    absent = set() if compound.property_company else {PROPERTY_COMPANY}
    return tuple(body for body in bodies if body != lead and body not in absent)


def parse_units(data: Mapping[str, Any]) -> Units:
    """The units in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Units.model_validate(data)
