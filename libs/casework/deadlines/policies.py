"""Policies: which limit a clock has, what pauses it, who is told when. Versioned reviewed data (`data/policies.yaml`).

The version in force when a case was filed stays with the case, so a version is complete in itself: it holds the limits of
every category as they were taken from the catalogue, and is never changed once it is in force.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from functools import cached_property
from itertools import pairwise
from typing import Annotated, Any, Literal, Self
from zoneinfo import ZoneInfo

from pydantic import BeforeValidator, ConfigDict, Field, model_validator

from libs.casework.calendar.amount import Amount
from libs.casework.calendar.calendars import read_zone
from libs.casework.calendar.zones import midnight
from libs.casework.categories import Row
from libs.casework.deadlines.predicates import Asked, holding, not_to_ask
from libs.casework.deadlines.vocabulary import Clock, Colour, Facts, Pause, Told
from libs.casework.vocabulary import Urgency

BY_CATEGORY = "by_category"
ORDERED = "ordered"
"""Stands for a rule where a supervisor set the limit with an order (督办)."""
OF_THE_CASE = frozenset(Clock) - {Clock.ITEM, Clock.ATTENTION}
"""The clocks that every case has: a rule has to set a limit for each."""
_DEEPER = {Colour.BLUE: 1, Colour.YELLOW: 2, Colour.RED: 3}


class UnknownPolicy(LookupError):
    """There is no such version; the message lists those that there are."""


def _share(value: object) -> Fraction:
    try:
        share = Fraction(str(value))
    except (ValueError, ZeroDivisionError):
        raise ValueError(f"{value!r} is no share; write 3/4 or 0.75") from None
    if share <= 0:
        raise ValueError(f"{value!r}: a level is reached when some of the limit is used")
    return share


class Level(Row):
    """A level of a clock: reached when `used` of its limit is used up (1: due, 2: twice the limit, 超时倍数)."""

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: str
    zh: str
    en: str
    colour: Colour
    used: Annotated[Fraction, BeforeValidator(_share)]
    tell: Annotated[tuple[Told, ...], Field(min_length=1)]


class Extensions(Row):
    """How a clock may be extended (延期): so many times, each by at most so much."""

    times: Annotated[int, Field(ge=0)]
    at_most: Amount


class Reviews(Row):
    """When a suspended case (挂账) is looked at again: so many days later unless said otherwise, and at most so many."""

    usual_days: Annotated[int, Field(ge=1)]
    most_days: Annotated[int, Field(ge=1, le=3660)]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        if self.usual_days > self.most_days:
            raise ValueError(f"reviews: usual_days {self.usual_days} is more than most_days {self.most_days}")
        return self


class CategoryLimits(Row):
    """A subclass's limits as taken from the catalogue: `urgent` for urgent cases and emergencies, `normal` for others.

    `response` is the time to the first human contact where one was agreed. `source` is the catalogue's.
    """

    of_class: str = Field(alias="class")
    normal: Amount | None = None
    urgent: Amount | None = None
    response: Amount | None = None
    source: str | None = None

    def limit(self, clock: Clock, urgency: Urgency) -> Amount | None:
        """The limit of response or resolution that the catalogue knows."""
        if clock is Clock.RESPONSE:
            return self.response
        return self.normal if urgency is Urgency.NORMAL else self.urgent


class Rule(Row):
    """One row of the sheet: when all its predicates hold, these are the limits. `calendar` None: the office's usual one.

    `by_category` takes the category's own limit; where it has none, a later rule decides. `items` are limits of work
    items by their id.
    """

    id: str
    zh: str
    en: str
    when: dict[str, frozenset[str]] = Field(default_factory=dict)
    targets: dict[Clock, Amount | Literal["by_category"]] = Field(default_factory=dict)
    items: dict[str, Amount] = Field(default_factory=dict)
    calendar: str | None = None
    source: str

    @model_validator(mode="after")
    def _says_something(self) -> Self:
        if not (self.targets or self.items):
            raise ValueError(f"rule {self.id} sets no limit")
        if Clock.ATTENTION in self.targets:
            raise ValueError(f"rule {self.id}: the supervisor sets the limit of an order (attention)")
        if Clock.ITEM in self.targets and self.targets[Clock.ITEM] == BY_CATEGORY:
            raise ValueError(
                f"rule {self.id}: a category has no limits of work items; name them under `items`"
            )
        return self


@dataclass(frozen=True, slots=True)
class Target:
    """The limit of a clock and where it comes from: policy version, rule, the predicates that held, source.

    `rule` may be `ORDERED`: then a supervisor set the limit, and the version is the one that says the levels.
    """

    amount: Amount
    policy: str
    rule: str
    because: tuple[str, ...]
    source: str
    calendar: str | None = None


class Policy(Row):
    """One version: in force from midnight of `effective_from` on, the first one since ever.

    For each clock the first rule that holds and sets it decides.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    id: str
    zh: str
    en: str
    effective_from: date | None = None
    zone: Annotated[ZoneInfo, BeforeValidator(read_zone)] = Field(alias="timezone")
    catalogue: str
    handbooks: tuple[str, ...]
    pauses: dict[Pause, frozenset[Clock]]
    levels: Annotated[tuple[Level, ...], Field(min_length=1)]
    extensions: dict[Clock, Extensions]
    reviews: Reviews
    rules: Annotated[tuple[Rule, ...], Field(min_length=1)]
    categories: dict[str, CategoryLimits]

    @model_validator(mode="after")
    def _sound(self) -> Self:
        for problem in (self._wrong_rule(), self._wrong_level(), self._without_limit()):
            if problem:
                raise ValueError(f"policy {self.id}: {problem}")
        return self

    @property
    def begins(self) -> int | None:
        """When it comes into force (µs UTC); None: since ever."""
        return midnight(self.effective_from, self.zone) if self.effective_from else None

    def target(self, clock: Clock, facts: Facts, item: str | None = None) -> Target | None:
        """The limit of `clock` (of the work item `item`) for a case with these facts, or None: it has none."""
        asked = Asked(facts, self._classes)
        for rule in self.rules:
            because = holding(rule.when, asked)
            found = self._amount(rule, clock, facts, item) if because is not None else None
            if because is not None and found is not None:
                amount, source = found
                return Target(amount, self.id, rule.id, because, source, rule.calendar)
        return None

    def stops(self, clock: Clock, pause: Pause) -> bool:
        """Whether that pause stops that clock."""
        return clock in self.pauses.get(pause, frozenset())

    def rule(self, rule_id: str) -> Rule:
        """The rule of that id. Raises StopIteration for one that is not its own."""
        return next(rule for rule in self.rules if rule.id == rule_id)

    def _amount(self, rule: Rule, clock: Clock, facts: Facts, item: str | None) -> tuple[Amount, str] | None:
        own = rule.items.get(item or "") if clock is Clock.ITEM else None
        wanted = own or rule.targets.get(clock)
        if isinstance(wanted, Amount):
            return wanted, rule.source
        limits = self.categories.get(facts.category or "") if wanted else None
        limit = limits.limit(clock, facts.urgency) if limits else None
        return (limit, (limits and limits.source) or rule.source) if limit else None

    @cached_property
    def _classes(self) -> dict[str, str]:
        return {category: limits.of_class for category, limits in self.categories.items()}

    def _wrong_rule(self) -> str | None:
        ids = [rule.id for rule in self.rules]
        twice = next((one for one in ids if ids.count(one) > 1), None)
        if twice:
            return f"rule {twice} stands twice"
        wrong = ((rule.id, not_to_ask(rule.when, self._classes)) for rule in self.rules)
        return next((f"rule {rule}: {problem}" for rule, problem in wrong if problem), None)

    def _wrong_level(self) -> str | None:
        used = [level.used for level in self.levels]
        if any(one >= other for one, other in pairwise(used)):
            return "levels have to rise"
        if any(_DEEPER[one.colour] > _DEEPER[other.colour] for one, other in pairwise(self.levels)):
            return "colours have to rise with the levels: blue, yellow, red"
        if any((level.colour is Colour.RED) != (level.used >= 1) for level in self.levels):
            return "red is what is overdue: the levels from `used: 1` on, and no other"
        return None if 1 in used else "no level is reached when a clock is due (used: 1)"

    def _without_limit(self) -> str | None:
        plain = [rule.targets for rule in self.rules if not rule.when]
        for clock in (one for one in Clock if one in OF_THE_CASE):
            amounts = [targets.get(clock) for targets in plain]
            if not any(isinstance(one, Amount) for one in amounts):
                return f"no rule without conditions sets a limit for {clock}"
        return None


class Policies(Row):
    """Every version, the oldest first."""

    schema_name: str = Field(alias="schema")
    version: str
    policies: Annotated[tuple[Policy, ...], Field(min_length=1)]

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.policies[0].effective_from is not None:
            raise ValueError("the first policy is in force since ever: it has no `effective_from`")
        begins = [policy.begins for policy in self.policies[1:]]
        if None in begins or any(one >= other for one, other in pairwise(begins) if one and other):
            raise ValueError("later policies need an `effective_from` each, in order")
        ids = [policy.id for policy in self.policies]
        if len(set(ids)) != len(ids):
            raise ValueError(f"a policy stands twice: {', '.join(ids)}")
        return self

    def in_force(self, at: int) -> Policy:
        """The version in force at an instant (µs UTC)."""
        return next(one for one in reversed(self.policies) if one.begins is None or one.begins <= at)

    def get(self, policy: str) -> Policy:
        """The version of that id. Raises `UnknownPolicy`."""
        found = next((one for one in self.policies if one.id == policy), None)
        if found is None:
            known = ", ".join(one.id for one in self.policies)
            raise UnknownPolicy(f"there is no policy {policy!r}; known: {known}")
        return found

    def alone(self, policy: str) -> "Policies":
        """That version alone, in force since ever. Raises `UnknownPolicy`."""
        only = self.get(policy).model_copy(update={"effective_from": None})
        return self.model_copy(update={"policies": (only,)})


def parse_policies(data: Mapping[str, Any]) -> Policies:
    """The policies in plain data as read from YAML. Raises pydantic's `ValidationError`."""
    return Policies.model_validate(data)
