"""What would become of a command, without carrying it out: the decision itself is asked. Pure.

There is no second list of rules. A made-up body is put to the command's own decision; where it finds the body wrong and says
what may stand there, that is tried next. What is left is about the case or about who asks, and that is the answer.
"""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple
from uuid import UUID

from libs.casework.case import Case
from libs.casework.entry import Actor, Entry
from libs.casework.events.model import ContentRef
from libs.casework.lifecycle import walked
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Service
from libs.stages.commands import Body, CommandKind, Sealed
from libs.stages.joint import own_events
from libs.stages.specimens import Draft, corrected, has, is_flag, read, specimens

MOST_TRIES = 200
"""More than a plan has items: after that nobody can tell, and the command is offered."""
REASON = "reason"
NO_CODE = "_"
"""No reason of any list: the refusal names those that there are."""


class Ruling(NamedTuple):
    """`refused` None: it may be done. `reasons`: the codes of which one is given, when it takes any; `must` give one."""

    refused: Refusal | None
    reasons: tuple[str, ...] = ()
    must: bool = False


@dataclass(frozen=True, slots=True)
class Wish:
    """Somebody would like `kind` done to a case; with the log when it is decided on the log."""

    kind: CommandKind
    said_by: Service
    case: Case
    actor: Actor
    log: Sequence[Entry] | None = None


def ruling(wish: Wish) -> Ruling:
    """Whether it may be done with any body at all, and which reasons it takes."""
    search = _Search(wish)
    found = search.run()
    if isinstance(found, Refusal):
        return Ruling(found)
    return Ruling(None, _reasons(wish, found), REASON in found)


def verdict(wish: Wish, body: Body) -> Refusal | None:
    """What the desk would answer to the command with that body, as far as it is not about its photos or about another case."""
    case = wish.case
    if body.texts() and case.erased:
        detail = "the personal content of this case was erased"
        return Refusal(Why.ERASED, detail, case.stage, wish.kind.name)
    log = (wish.log,) if wish.kind.reads_log else ()
    decision = wish.kind.decide(case, wish.actor, body, _as_if_sealed(case, body), *log)
    if isinstance(decision, Refusal):
        return decision
    stage = walked(case.stage, (event.name() for event in own_events(decision)), wish.said_by)
    return stage if isinstance(stage, Refusal) else None


@dataclass(slots=True)
class _Search:
    """Goes through bodies, the nearest correction first."""

    wish: Wish
    waiting: deque[Draft] = field(default_factory=deque)
    seen: list[Draft] = field(default_factory=list)
    final: Refusal | None = None
    anything: Draft | None = None

    def run(self) -> Draft | Refusal:
        """A body that passes, or that only the sender can fill in; or why none does."""
        self.waiting.extend(specimens(self.wish.kind.body))
        while self.waiting and len(self.seen) < MOST_TRIES:
            if (draft := self.waiting.popleft()) not in self.seen and self._passes(draft):
                return draft
        if self.final:
            return self.final
        return {} if self.anything is None else self.anything

    def _passes(self, draft: Draft) -> bool:
        self.seen.append(draft)
        body = read(self.wish.kind.body, draft)
        refused = verdict(self.wish, body) if body else None
        if body and refused is None:
            return True
        self._learn(draft, refused)
        return False

    def _learn(self, draft: Draft, refused: Refusal | None) -> None:
        better = list(_better(self.wish.kind.body, draft, refused)) if refused else []
        self.waiting.extendleft(reversed(better))
        if refused and not _about_the_body(self.wish.kind.body, refused):
            self.final = self.final or (None if better else refused)
        elif not better and self.anything is None:
            self.anything = draft


def _better(body: type[Body], draft: Draft, refused: Refusal) -> Iterable[Draft]:
    """The draft as the refusal would have it."""
    if refused.field is None or not has(body, refused.field):
        return
    if is_flag(body, refused.field):
        yield draft | {refused.field: not draft.get(refused.field, False)}
    elif refused.code is Why.INVALID:
        for value in refused.allowed:
            if better := corrected(body, draft, refused.field, value):
                yield better


def _about_the_body(body: type[Body], refused: Refusal) -> bool:
    return refused.code is Why.INVALID and has(body, refused.field)


def _reasons(wish: Wish, passing: Draft) -> tuple[str, ...]:
    body = read(wish.kind.body, passing | {REASON: NO_CODE}) if has(wish.kind.body, REASON) else None
    refused = verdict(wish, body) if body else None
    return refused.allowed if refused and refused.field == REASON else ()


def _as_if_sealed(case: Case, body: Body) -> Sealed:
    texts = tuple(_nothing(text.kind) for text in body.texts())
    beside = {other: _twin(case, other) for other in body.others()}
    return Sealed(texts, tuple(_nothing("photo") for _ in body.photos()), {**beside, case.id: case})


def _twin(case: Case, case_id: UUID) -> Case:
    """Another case that is as this one in everything, and has no links."""
    return case.model_copy(update={"id": case_id, "linked": ()})


def _nothing(kind: str) -> ContentRef:
    return ContentRef(id=UUID(int=0), kind=kind, digest="0" * 64)
