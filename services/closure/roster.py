"""Who may be asked to check: everybody who has a key as a checker that counts. Read now and then, never for each case."""

from collections.abc import Callable, Sequence

from libs.casework.vocabulary import Role
from libs.plumbing.keys import KeyRegistry
from libs.plumbing.principals import Principal
from libs.stages.commands import Command, Desk
from libs.stages.outcome import Outcome
from services.closure.rules import Checker

FRESH_US = 5_000_000
"""As late as a revoked key is noticed elsewhere."""


class Roster:
    """The checkers of all offices."""

    def __init__(self, keys: KeyRegistry, clock: Callable[[], int]) -> None:
        self._keys, self._clock = keys, clock
        self._known: tuple[Checker, ...] = ()
        self._read_at = 0

    def known(self) -> Sequence[Checker]:
        """As they were last read."""
        return self._known

    async def fresh(self) -> Sequence[Checker]:
        """As they are, five seconds late at most."""
        now = self._clock()
        if now - self._read_at >= FRESH_US:
            people = await self._keys.of_role(Role.CHECKER, now)
            self._known, self._read_at = tuple(map(_checker, people)), now
        return self._known


class DeskWithRoster:
    """A desk whose decisions may look at the roster: it is fresh before they are made."""

    def __init__(self, desk: Desk, roster: Roster, names: frozenset[str]) -> None:
        self._desk, self._roster, self._names = desk, roster, names

    async def run(self, commands: Sequence[Command]) -> list[Outcome]:
        """As the desk runs them; only the commands of those names wait for the roster."""
        if any(command.kind.name in self._names for command in commands):
            await self._roster.fresh()
        return await self._desk.run(commands)


def _checker(person: Principal) -> Checker:
    return Checker(person.id, person.office, person.unit, frozenset(person.grids + person.communities))
