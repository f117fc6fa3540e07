"""What the commands and questions of sla carry over HTTP."""

from typing import Annotated
from uuid import UUID

from pydantic import Field, StrictBool, StringConstraints

from libs.stages.bodies import Code
from libs.stages.commands import Body

MOST_CASES = 200
LONGEST_FILE = 128 * 1024
"""Characters of a policies file: ten versions and more, read in some 0.1 s."""


class PolicyChange(Body):
    """Move a case to the policy version `to`, for a reason of the office's list.

    A case that the move alone would make overdue is refused, unless `even_if_late` says that this is meant.
    """

    to: Code
    reason: Code
    even_if_late: StrictBool = False


class PolicyChanges(PolicyChange):
    """The same for many cases."""

    cases: Annotated[tuple[UUID, ...], Field(min_length=1, max_length=MOST_CASES)]

    @property
    def of_each(self) -> PolicyChange:
        """What is wanted of each of them."""
        return PolicyChange(to=self.to, reason=self.reason, even_if_late=self.even_if_late)


class Previewed(Body):
    """Which version, and which open cases. `to` None: the newest of `file`, the text of a policies file (YAML) that is not in
    force; without a file `to` is one of ours. `of`: cases that go by this version; `cases`: of these alone. `after` asks for the
    next page.
    """

    to: Code | None = None
    # As it is written: with blank lines taken off, its lines would have other numbers.
    file: Annotated[str, StringConstraints(strip_whitespace=False, max_length=LONGEST_FILE)] | None = None
    office: Code | None = None
    unit: Code | None = None
    category: Code | None = None
    of: Code | None = None
    cases: Annotated[tuple[UUID, ...], Field(max_length=MOST_CASES)] = ()
    after: UUID | None = None
    limit: Annotated[int, Field(ge=1, le=MOST_CASES)] = MOST_CASES
