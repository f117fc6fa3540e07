"""What the commands of dispatch carry, over HTTP and as the data of a message at the door."""

from typing import Annotated

from pydantic import AwareDatetime, Field, StrictBool

from libs.casework.calendar import Amount
from libs.casework.events.appeals import Mark
from libs.stages.bodies import Code, Said, Shown
from libs.stages.commands import Body, Text
from libs.stages.words import Line, Words

MOST_UNITS = 10
MOST_ITEMS = 50

ItemId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9_-]{0,31}$")]
Units = Annotated[tuple[Code, ...], Field(max_length=MOST_UNITS)]


class Order(Body):
    """Who leads (主办), who helps (协办), who is told (抄送). A `final` ruling (终审) cannot be returned."""

    lead: Code
    helpers: Units = ()
    copies: Units = ()
    final: StrictBool = False


class PlannedItem(Body):
    """One work item. Without an `id` it gets one; without a `unit` the lead does it."""

    title: Line
    id: ItemId | None = None
    unit: Code | None = None
    due_at: AwareDatetime | None = None


class Plan(Body):
    """The whole plan, in its order: it replaces an earlier one, and what is done stays done."""

    items: Annotated[tuple[PlannedItem, ...], Field(min_length=1, max_length=MOST_ITEMS)]

    def texts(self) -> tuple[Text, ...]:
        """The titles, in order."""
        return tuple(Text("title", item.title) for item in self.items)


class Return(Said):
    """Why the unit sends it back: a code of the office's list, and words."""

    reason: Code


class HandOver(Said):
    """Which unit leads from now on, and why: a code of the office's list."""

    lead: Code
    reason: Code


class WantedSuspension(Said):
    """Why the work has to wait: a code of the office's list, and words; `until`: when to look again."""

    reason: Code
    until: AwareDatetime | None = None


class Suspension(Said):
    """What a supervisor approves; reason and time are those that the unit asked for, unless said otherwise.

    Without any `until` it is looked at again as the policy has it.
    """

    reason: Code | None = None
    until: AwareDatetime | None = None


class NextReview(Said):
    """When to look again at work that still has to wait; without a time, as the policy has it."""

    until: AwareDatetime | None = None


class WantedExtension(Said):
    """More time for a clock (`resolution`, `item:clear`): `by` as in `2 工作日`, why as a code of the office's list."""

    clock: Annotated[str, Field(pattern=r"^[a-z]{1,16}(:[a-z0-9_-]{1,32})?$")]
    by: Amount
    reason: Code


class Extension(Said):
    """What a supervisor gives of the time that was asked for: all of it, unless said otherwise."""

    by: Amount | None = None


class Attention(Said):
    """A supervisor's order, to be answered within `limit` (`4 工作时`) or by `due_at`; without either when it can be."""

    limit: Amount | None = None
    due_at: AwareDatetime | None = None


class Answer(Shown):
    """The answer to an order: words, photos, or both. `order` is its seq; not needed while only one is open."""

    order: Annotated[int, Field(ge=1)] | None = None


class WantedAppeal(Said):
    """Against which mark (return, rework, overdue), why as a code of the office's list; `entry`: its seq, else the newest."""

    mark: Mark
    reason: Code
    entry: Annotated[int, Field(ge=1)] | None = None


class AppealAnswer(Said):
    """Whether the appeal is upheld, why as a code of the office's list; `appeal`: its seq, not needed while one is open."""

    upheld: StrictBool
    reason: Code
    appeal: Annotated[int, Field(ge=1)] | None = None


class ItemReport(Shown):
    """Which item of the plan is done, with words and photos."""

    item: ItemId


class Note(Body):
    """How it goes. `public`: for whoever has the receipt code to read too; without it for the office and its units only."""

    words: Words
    public: StrictBool = False

    def texts(self) -> tuple[Text, ...]:
        """The note."""
        return (Text("note", self.words),)
