"""What waits to be committed, and which of it may go into the next group. Pure but for the futures."""

from asyncio import Future
from collections import deque
from collections.abc import Hashable
from dataclasses import dataclass, field

from libs.casestore.append import Append
from libs.casestore.group import Result

ROUGHLY_AN_EVENT = 1024


@dataclass(frozen=True, slots=True)
class Grouping:
    """How appends are grouped. Seconds; at most so many appends and about so many bytes a group; `flights` groups at once.

    `patience_s`: how long an append may wait for a database that takes nothing before its caller is told that it is away.
    While other groups are committed, a queue is only a queue.
    """

    window_s: float = 0.002
    most: int = 200
    most_bytes: int = 8 * 1024 * 1024
    flights: int = 2
    patience_s: float = 20.0


@dataclass(slots=True, eq=False)
class Waiting:
    """An append, its caller's future, and since when it waits (monotonic seconds).

    `names` is what no other group may touch meanwhile: its cases, key and claims. `size` in bytes, roughly.
    """

    append: Append
    result: "Future[Result]"
    since: float
    names: frozenset[Hashable] = field(init=False)
    size: int = field(init=False)

    def __post_init__(self) -> None:
        append = self.append
        cases = [change.case_id for change in append.changes]
        key = () if append.key is None else (append.key,)
        self.names = frozenset((*cases, *key, *(claim.id for claim in append.claims)))
        events = sum(len(change.events) for change in append.changes)
        self.size = events * ROUGHLY_AN_EVENT + sum(len(content.sealed) for content in append.contents)

    def answer(self, result: Result) -> None:
        """Tell the caller, unless it has left."""
        if not self.result.done():
            self.result.set_result(result)

    def fail(self, error: Exception) -> None:
        """Tell the caller why there is no answer, unless it has left."""
        if not self.result.done():
            self.result.set_exception(error)


def take(queue: deque[Waiting], in_flight: set[Hashable], grouping: Grouping) -> list[Waiting]:
    """Remove the next group from `queue`, longest waiting first.

    What touches a name in flight stays, and so does everything behind it that shares a name with it: the order of the
    appends to one case is never changed. One append is taken whatever its size.
    """
    group: list[Waiting] = []
    staying: list[Waiting] = []
    held, size = set(in_flight), 0
    while queue and len(group) < grouping.most and len(staying) < 4 * grouping.most:
        if group and size + queue[0].size > grouping.most_bytes:
            break
        each = queue.popleft()
        if held.isdisjoint(each.names):
            group.append(each)
            size += each.size
        else:
            staying.append(each)
            held |= each.names
    queue.extendleft(reversed(staying))
    return group
