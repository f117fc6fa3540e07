"""What would become of a command: the decision is asked with bodies made up from its schema."""

from typing import Annotated, Any, Literal
from uuid import UUID

from pydantic import AwareDatetime, Field, StrictBool

from libs.casework.case import Case
from libs.casework.entry import Actor
from libs.casework.events import ContentRef
from libs.casework.events.dispatch import Accepted, Noted
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Service, Stage
from libs.stages.bodies import Code, Said
from libs.stages.commands import Body, CommandKind, Decision, Sealed
from libs.stages.joint import Joint
from libs.stages.judged import wrong
from libs.stages.rulings import Wish, ruling
from libs.stages.specimens import specimens
from tests.support.cases import a_case_at, an_actor

UNITS = ("pmc", "enforce")
A_REF = ContentRef(id=UUID(int=1), kind="note", digest="0" * 64)


class Given(Said):
    lead: Code
    reason: Code
    sure: StrictBool = False


class Everything(Body):
    at: AwareDatetime
    which: UUID
    times: Annotated[int, Field(ge=3)]
    yes: StrictBool
    named: Annotated[tuple[Code, ...], Field(min_length=2)]


def a_wish(body: type[Body], decide: Any, stage: Stage = Stage.DISPATCHED, **case: Any) -> Wish:
    kind = CommandKind("try", "试", body, frozenset(Role), decide)
    return Wish(kind, Service.DISPATCH, a_case_at(stage, **case), an_actor())


def picky(case: Case, actor: Actor, body: Given, sealed: Sealed) -> Decision:
    if body.lead not in UNITS:
        return wrong(case, "try", "lead", "no such unit", *UNITS)
    if body.lead == "pmc":
        return wrong(case, "try", "lead", "leads already")
    if body.reason != "ruling":
        return wrong(case, "try", "reason", "no reason", "ruling")
    if not body.sure:
        return Refusal(Why.NOT_ALLOWED, "say sure", case.stage, "try", field="sure")
    return (Accepted(),)


def test_what_some_body_would_do_is_offered_with_the_reasons_it_takes() -> None:
    assert ruling(a_wish(Given, picky)) == (None, ("ruling",), True)


def test_the_table_refuses_what_the_decision_would_say() -> None:
    refused = ruling(a_wish(Given, picky, Stage.WORKING)).refused
    assert refused is not None
    assert (refused.code, refused.stage) == (Why.NOT_THIS_STAGE, Stage.WORKING)


def test_what_is_wrong_with_the_case_is_the_answer_whatever_the_body() -> None:
    def never(case: Case, actor: Actor, body: Given, sealed: Sealed) -> Decision:
        return (
            wrong(case, "try", "items", "items are open")
            if body.lead in UNITS
            else picky(case, actor, body, sealed)
        )

    refused = ruling(a_wish(Given, never)).refused
    assert refused is not None
    assert refused.detail == "items are open"


def test_what_only_the_sender_can_fill_in_is_offered() -> None:
    def late(case: Case, actor: Actor, body: Everything, sealed: Sealed) -> Decision:
        return wrong(case, "try", "at", "too late", "up to tomorrow")

    assert ruling(a_wish(Everything, late)).refused is None


def test_it_is_so_already_is_no_refusal() -> None:
    assert ruling(a_wish(Said, lambda *_: ())).refused is None


class Pair(Body):
    other: UUID
    how: Literal["twin", "parent"]

    def others(self) -> tuple[UUID, ...]:
        return (self.other,)


def test_another_case_that_nobody_has_named_yet_says_nothing_against_it() -> None:
    def paired(case: Case, actor: Actor, body: Pair, sealed: Sealed) -> Decision:
        other = sealed.beside[body.other]
        if body.how == "twin":
            return Refusal(Why.NOT_ALLOWED, "no twins", case.stage, "try")
        if other.id == case.id or other.office != case.office:
            return wrong(case, "try", "other", "not that one")
        return Joint((Accepted(),), ((other, (Noted(words=A_REF),)),))

    assert ruling(a_wish(Pair, paired)).refused is None
    assert ruling(a_wish(Pair, paired, Stage.WORKING)).refused is not None


def test_words_to_an_erased_case_are_refused_where_they_are_needed() -> None:
    def needs_words(case: Case, actor: Actor, body: Said, sealed: Sealed) -> Decision:
        return (
            (Noted(words=sealed.texts[0]),) if sealed.texts else wrong(case, "try", "words", "say something")
        )

    kept, erased = (ruling(a_wish(Said, needs_words, erased=erased)).refused for erased in (False, True))
    assert kept is None
    assert erased is not None
    assert erased.code is Why.ERASED


def test_specimens_are_proper_bodies_with_each_flag_both_ways() -> None:
    bodies = [Everything.model_validate(draft) for draft in specimens(Everything)]
    assert [(body.yes, body.times, len(body.named)) for body in bodies] == [(True, 3, 2), (False, 3, 2)]
    assert len(list(specimens(Given))) == 2
