"""The rules of closing, the checklists and the texts fit the catalogue, and what is wrong in them is said in one line."""

from copy import deepcopy
from typing import Any

import pytest
from pydantic import ValidationError

from libs.casework.closing import parse_terms
from libs.casework.replies import PLACEHOLDERS, Outcome, parse_replies
from libs.casework.vocabulary import Urgency
from libs.plumbing import data as reviewed
from libs.plumbing.data import DataUnreadable, read_yaml
from services.closure import app as closure
from services.closure.checklists import parse_checklists
from services.intake import app as intake
from tests.support.reference import catalogue, reasons

CLOSING, LISTS, REPLIES = (read_yaml(f"{name}.yaml") for name in ("closure", "checklists", "replies"))


def changed(document: dict[str, Any], *path: Any, to: Any) -> dict[str, Any]:
    """A copy with one place changed."""
    copy = deepcopy(document)
    inner: Any = copy
    for step in path[:-1]:
        inner = inner[step]
    inner[path[-1]] = to
    return copy


def test_every_listed_category_exists_and_its_list_can_be_passed() -> None:
    lists = closure.policy().checklists
    for category in lists.categories:
        assert catalogue().get(category) is not None
        assert lists.of(category).required


def test_no_rule_closes_what_is_private_or_an_emergency() -> None:
    for rule in closure.policy().terms.automatic:
        for category in rule.categories:
            subclass = catalogue().get(category)
            assert subclass is not None
            assert not subclass.private
            assert subclass.urgency is not Urgency.EMERGENCY


def test_reasons_that_the_rules_name_are_in_the_list() -> None:
    terms = parse_terms(CLOSING)
    assert set(terms.reopen_reasons_of_residents) <= set(reasons().codes("reopened"))
    assert set(terms.fail_reasons_of_evidence) <= set(reasons().codes("check_failed"))


@pytest.mark.parametrize(
    ("file", "document", "told"),
    [
        ("closure", changed(CLOSING, "automatic", 0, "categories", to=["no_such"]), "no category no_such"),
        ("closure", changed(CLOSING, "automatic", 0, "categories", to=["elder_care"]), "which is private"),
        ("closure", changed(CLOSING, "automatic", 0, "categories", to=["gas_leak"]), "an emergency"),
        (
            "checklists",
            changed(LISTS, "categories", "moon", to={"points": ["ho03"]}),
            "checklists.yaml: categories.yaml has no category moon",
        ),
    ],
)
def test_rules_that_do_not_fit_the_catalogue_are_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, file: str, document: dict[str, Any], told: str
) -> None:
    def read(name: str) -> dict[str, Any]:
        return document if name == f"{file}.yaml" else reviewed.read_yaml(name)

    monkeypatch.setattr(closure, "read_yaml", read)
    with pytest.raises(DataUnreadable, match=told):
        closure.policy()


@pytest.mark.parametrize(
    ("document", "told"),
    [
        (changed(LISTS, "points", 1, "id", to="ho01"), "stands there twice"),
        (changed(LISTS, "categories", "hoarding", "points", to=["xx"]), "there is no point xx"),
        (changed(LISTS, "categories", "hoarding", "points", to=["ho05"]), "no point has to hold"),
        (changed(LISTS, "categories", "hoarding", "photos", to=["during"]), "'before' or 'after'"),
    ],
)
def test_a_checklist_that_does_not_fit_together_is_refused(document: dict[str, Any], told: str) -> None:
    with pytest.raises(ValidationError, match=told):
        parse_checklists(document)


def test_one_rule_decides_for_a_category() -> None:
    twice = changed(CLOSING, "patrols", 1, "categories", to=["hoarding"])
    with pytest.raises(ValidationError, match="hoarding twice"):
        parse_terms(twice)


@pytest.mark.parametrize(
    ("path", "text", "told"),
    [
        (("closed", "usual", "zh"), "您好{name}", "{name} cannot be filled in; allowed: category, number"),
        (("closed", "private", "zh"), "{category}已办结", "{category} cannot be filled in"),
        (("rejected", "usual", "en"), "by {unit}", "{unit} cannot be filled in"),
        (("closed", "usual", "en"), "{number!r}", "without ! or :"),
        (("closed", "usual", "en"), "{number:>9}", "without ! or :"),
        (("closed", "usual", "en"), "{number", "no template"),
        (("closed", "usual", "en"), "{}", "{} cannot be filled in"),
        (("closed", "usual", "en"), "{number.__class__}", "cannot be filled in"),
        (("closed", "usual", "en"), "", "at least 1 character"),
    ],
)
def test_a_text_names_only_what_may_be_filled_in(path: tuple[str, ...], text: str, told: str) -> None:
    with pytest.raises(ValidationError) as error:
        parse_replies(changed(REPLIES, "outcomes", *path, to=text))
    assert told in str(error.value)


def test_every_outcome_has_texts() -> None:
    without = {outcome: texts for outcome, texts in REPLIES["outcomes"].items() if outcome != "merged"}
    with pytest.raises(ValidationError, match="no texts for merged"):
        parse_replies(changed(REPLIES, "outcomes", to=without))
    assert set(PLACEHOLDERS) == set(Outcome)


def test_a_text_for_a_category_that_there_is_not_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    usual = REPLIES["outcomes"]["closed"]["usual"]
    document = changed(REPLIES, "outcomes", "closed", "categories", "moon", to=usual)

    def read(name: str) -> dict[str, Any]:
        return document if name == "replies.yaml" else reviewed.read_yaml(name)

    monkeypatch.setattr(intake, "read_yaml", read)
    with pytest.raises(DataUnreadable, match=r"closed: categories\.yaml has no category moon"):
        intake.answers()
