"""A roster for tests that no key stands behind."""

from collections.abc import Sequence

from services.closure.rules import Checker


class Nobody:
    """An office in which nobody has a key as a checker; `people` are those who have one."""

    def __init__(self, *people: Checker) -> None:
        self.people = people

    def known(self) -> Sequence[Checker]:
        return self.people

    async def fresh(self) -> Sequence[Checker]:
        return self.people
