"""Triage's handler: one read for a whole batch, one decision for each case."""

from typing import Any, cast
from uuid import UUID

from hypothesis import given, settings
from hypothesis import strategies as st

from libs.casestore.content import ContentVault
from libs.casework.case import Case
from libs.casework.events.triage import Classified, QueuedForClerk
from libs.casework.vocabulary import Source
from services.triage.duplicates import Duplicates
from services.triage.handlers import Reports, Triage
from services.triage.locate import Locator
from services.triage.matter import Policy
from tests.support.cases import a_content, a_reported_case
from tests.support.neighbours import NobodyNear, a_guide_to_duplicates
from tests.support.reference import catalogue, hearing, offices, places
from tests.support.vaults import ReadableVault

POINT = b'{"lon":113.297086,"lat":40.082726}'
STORED: dict[UUID, bytes] = {}
LOCATOR = Locator(places())
POLICY = Policy(catalogue(), offices(), "test")


def a_report(**contents: bytes) -> Case:
    refs = []
    for kind, data in contents.items():
        ref = a_content(kind)
        STORED[ref.id] = data
        refs.append(ref)
    return a_reported_case(
        source=Source.RESIDENT, contents=tuple(refs), declared_category=None, seen_on_spot=False, grid=None
    )


async def decided(*cases: Case) -> tuple[list[Any], int]:
    vault = ReadableVault(STORED)
    reports = Reports(cast(ContentVault, vault))
    duplicates = Duplicates(NobodyNear(), NobodyNear(), reports, a_guide_to_duplicates())
    decisions = await Triage(reports, LOCATOR, hearing(), POLICY, duplicates).decide_all(cases)
    return [decisions[case.id][0] for case in cases], vault.reads


async def test_a_batch_is_read_at_once() -> None:
    cases = [a_report(text="井盖被偷了".encode(), point=POINT) for _ in range(20)]
    first, reads = await decided(*cases)
    assert reads == 1
    assert all(isinstance(each, Classified) for each in first)


async def test_point_address_and_words_are_each_used() -> None:
    by_point = a_report(text="路灯不亮".encode(), point=POINT)
    by_address = a_report(text="路灯不亮".encode(), address="桐城金城小区".encode())
    by_words = a_report(text="桐城金城小区的路灯不亮".encode())
    (one, two, three), _ = await decided(by_point, by_address, by_words)
    assert (one.grid, two.grid, three.grid) == ("140213053902001", "140213053901001", "140213053901001")


async def test_content_that_was_erased_goes_to_a_clerk() -> None:
    gone = a_reported_case(contents=(a_content("text"),))
    (first,), _ = await decided(gone)
    assert isinstance(first, QueuedForClerk)
    assert "words_erased" in first.because


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=300), st.text(max_size=60))
async def test_any_words_are_decided(text: str, address: str) -> None:
    (first,), _ = await decided(a_report(text=text.encode(), address=address.encode()))
    assert isinstance(first, Classified | QueuedForClerk)
