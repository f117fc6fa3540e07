"""Whether new policies may be put in force beside those that are: named conditions in a list, before anything is changed."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from libs.casework.deadlines.policies import Policies, Policy

Condition = Callable[["Revision"], str | None]
"""What is wrong with a revision, or None."""


@dataclass(frozen=True, slots=True)
class Revision:
    """`new` policies instead of `known` ones, at `now` (µs UTC). The rest is what the reviewed data knows, by id."""

    new: Policies
    known: Policies
    now: int
    categories: frozenset[str]
    calendars: frozenset[str]
    offices: frozenset[str]

    def fresh(self) -> Iterator[Policy]:
        """The versions that are new, or differ."""
        known = {one.id: one for one in self.known.policies}
        return (one for one in self.new.policies if known.get(one.id) != one)


def gone(revision: Revision) -> str | None:
    """Cases go by the versions that have been in force: each has to stay."""
    ids = {one.id for one in revision.new.policies}
    lost = [one.id for one in _in_force(revision) if one.id not in ids]
    return f"version {lost[0]} has been in force and is missing: cases go by it" if lost else None


def changed(revision: Revision) -> str | None:
    """A version that has been in force is never changed, or deadlines would move that nobody has moved."""
    for one in _in_force(revision):
        other = revision.new.get(one.id)
        parts = [name for name in type(one).model_fields if getattr(one, name) != getattr(other, name)]
        if parts:
            return f"version {one.id} has been in force and may not change ({', '.join(parts)}): add a version instead"
    return None


def too_early(revision: Revision) -> str | None:
    """A new version begins on a day that lies ahead: else cases filed since then would change without anybody's act."""
    known = {one.id for one in _in_force(revision)}
    for one in revision.new.policies:
        if one.id not in known and (one.begins is None or one.begins <= revision.now):
            return f"version {one.id} has to begin on a day that lies ahead, not on {one.effective_from or 'no day at all'}"
    return None


def unknown_category(revision: Revision) -> str | None:
    """A version knows the categories of the catalogue, all of them and no others."""
    for one in revision.fresh():
        wrong, missing = set(one.categories) - revision.categories, revision.categories - set(one.categories)
        if wrong:
            return f"version {one.id}: there is no category {min(wrong)}; see docs/categories.md"
        if missing:
            return f"version {one.id} has no row for category {min(missing)}: python -m tools.policy_limits writes them"
    return None


def unknown_calendar(revision: Revision) -> str | None:
    """A rule that names a calendar names one of ours."""
    known = revision.calendars
    for one in revision.fresh():
        for rule in one.rules:
            if rule.calendar is not None and rule.calendar not in known:
                return f"version {one.id}, rule {rule.id}: there is no calendar {rule.calendar!r}; known: {', '.join(sorted(known))}"
    return None


def unknown_office(revision: Revision) -> str | None:
    """A rule that asks for an office asks for one of ours."""
    known = revision.offices
    for one in revision.fresh():
        for rule in one.rules:
            wrong = sorted(rule.when.get("office_is", frozenset()) - known)
            if wrong:
                return f"version {one.id}, rule {rule.id}: there is no office {wrong[0]}; known: {', '.join(sorted(known))}"
    return None


CONDITIONS: tuple[Condition, ...] = (
    gone,
    changed,
    too_early,
    unknown_category,
    unknown_calendar,
    unknown_office,
)


def not_to_put_in_force(revision: Revision) -> str | None:
    """The first thing that is wrong, or None."""
    return next(filter(None, (each(revision) for each in CONDITIONS)), None)


def _in_force(revision: Revision) -> list[Policy]:
    return [one for one in revision.known.policies if one.begins is None or one.begins <= revision.now]
