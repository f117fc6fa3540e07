"""A batch of cases that await closure, and wishes with a receipt code."""

from typing import Any
from uuid import UUID

from libs.casework.case import Case
from libs.casework.events.closure import CheckPlanned
from libs.casework.refusal import Refusal, Why
from libs.casework.vocabulary import Role, Stage
from libs.stages.commands import Command
from libs.stages.receipts import Receipts, receipt_claim
from libs.stages.residents import ByReceipt
from services.closure.bodies import Rating
from services.closure.handlers import Closure
from services.closure.rules import Checker
from tests.rules.closure.asking import BY_RECEIPT
from tests.support.cases import a_case_at
from tests.support.roster import Nobody

RATING = Rating(score=4, solved=True)
RATE = BY_RECEIPT["rate"]


class Claims:
    """One case behind one receipt code."""

    def __init__(self, case: Case) -> None:
        self.case, self.code = case, Receipts(bytes(32)).code_of(case.id)

    async def claimed(self, claim: str) -> UUID | None:
        return self.case.id if claim == receipt_claim(self.code) else None

    async def load(self, case_ids: list[UUID]) -> dict[UUID, Case]:
        return {self.case.id: self.case}


async def wished(claims: Any, code: str, key: str = "k") -> Command | Refusal:
    return await ByReceipt(claims).command(RATE, code, RATING, key)


async def test_only_work_reported_done_is_to_be_checked() -> None:
    resolved, working = a_case_at(Stage.RESOLVED), a_case_at(Stage.WORKING)
    decided = await Closure(Nobody()).decide_all([resolved, working])  # type: ignore[arg-type]
    assert list(decided) == [resolved.id]
    assert isinstance(decided[resolved.id][0], CheckPlanned)


async def test_the_roster_says_who_checks() -> None:
    resolved = a_case_at(Stage.RESOLVED)
    roster: Any = Nobody(Checker("c-1", "yingbin"), Checker("c-2", "shuibosi"))
    (check,) = (await Closure(roster).decide_all([resolved]))[resolved.id]
    assert isinstance(check, CheckPlanned)
    assert (check.checker, check.because[-1]) == ("c-1", "checker_drawn")


async def test_the_holder_of_a_code_acts_as_a_resident_of_the_cases_office() -> None:
    claims = Claims(a_case_at(Stage.CLOSED))
    for typed in (claims.code, claims.code.lower().replace("-", " ")):
        command = await wished(claims, typed)
        assert isinstance(command, Command)
        assert (command.case_id, command.actor.role) == (claims.case.id, Role.RESIDENT)
        assert command.actor.office == claims.case.office
        assert claims.code not in command.key


async def test_the_same_key_with_another_code_is_another_wish() -> None:
    keys = [
        (await wished(one, one.code)).key  # type: ignore[union-attr]
        for one in (Claims(a_case_at(Stage.CLOSED)), Claims(a_case_at(Stage.CLOSED)))
    ]
    assert keys[0] != keys[1]


async def test_a_code_of_no_case_and_a_mistyped_one_are_refused() -> None:
    claims = Claims(a_case_at(Stage.CLOSED))
    other = Receipts(bytes(32)).code_of(UUID(int=9))
    unknown, mistyped = await wished(claims, other), await wished(claims, other[:-1] + "*")
    assert isinstance(unknown, Refusal)
    assert isinstance(mistyped, Refusal)
    assert (unknown.code, mistyped.code) == (Why.UNKNOWN_CASE, Why.INVALID)
    assert {unknown.attempted, mistyped.attempted} == {"rate"}
    assert {unknown.field, mistyped.field} == {"receipt"}
