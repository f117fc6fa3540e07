"""The extra fields of a category: what fits, what is refused by name, what is sealed."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from libs.casework.fields import FieldKind, FieldValue, FormField, misfit, parted

NAMES = {"zh": "字段", "en": "field"}
OPTIONS = [{"id": "formula", **NAMES}, {"id": "nappies", **NAMES}]


def a_field(field_id: str, kind: str, **more: Any) -> FormField:
    return FormField.model_validate({"id": field_id, "kind": kind, **NAMES, **more})


FORM = (
    a_field("months", "number", required=True, least=0, most=36),
    a_field("needed", "choice", options=OPTIONS),
    a_field("since", "date"),
    a_field("alone", "yes_no", private=True),
    a_field("more", "text", private=True, longest=10),
)
GOOD: dict[str, FieldValue] = {
    "more": "过敏",
    "alone": False,
    "since": "2026-11-25",
    "needed": "formula",
    "months": 3.5,
}


def test_what_fits_is_taken_and_parted_in_the_order_of_the_form() -> None:
    assert misfit(FORM, GOOD) is None
    shown, sealed = parted(FORM, GOOD)
    assert list(shown.items()) == [("months", 3.5), ("needed", "formula"), ("since", "2026-11-25")]
    assert sealed == {"alone": False, "more": "过敏"}


def test_a_required_field_is_refused_by_name_with_what_is_allowed() -> None:
    assert misfit(FORM, {}) == ("months", "months (字段) is required", ("a number from 0 to 36",))
    assert misfit(FORM[1:], {}) is None


@pytest.mark.parametrize(
    ("field", "value", "allowed"),
    [
        ("months", -1, ("a number from 0 to 36",)),
        ("months", 37, ("a number from 0 to 36",)),
        ("months", True, ("a number from 0 to 36",)),
        ("months", "3", ("a number from 0 to 36",)),
        ("needed", "milk", ("formula", "nappies")),
        ("needed", 1, ("formula", "nappies")),
        ("since", "2026-02-30", ("a date: YYYY-MM-DD",)),
        ("since", "20261125", ("a date: YYYY-MM-DD",)),
        ("since", 20261125, ("a date: YYYY-MM-DD",)),
        ("alone", "yes", ("true", "false")),
        ("alone", 1, ("true", "false")),
        ("more", "x" * 11, ("a text of 1 to 10 characters",)),
        ("more", "", ("a text of 1 to 10 characters",)),
    ],
)
def test_a_value_that_does_not_fit_is_refused_by_name(
    field: str, value: FieldValue, allowed: tuple[str, ...]
) -> None:
    wrong = misfit(FORM, {"months": 1} | {field: value})
    assert wrong is not None
    assert (wrong.field, wrong.allowed) == (field, allowed)


def test_a_field_that_nobody_asked_for_is_refused() -> None:
    wrong = misfit(FORM, {"months": 1, "colour": "red"})
    assert wrong == ("colour", "there is no field colour", ("months", "needed", "since", "alone", "more"))


@pytest.mark.parametrize(
    ("kind", "more"),
    [
        ("number", {}),
        ("number", {"least": 3, "most": 2}),
        ("date", {"least": 1, "most": 2}),
        ("choice", {}),
        ("yes_no", {"options": OPTIONS}),
        ("text", {}),
        ("colour", {}),
        ("date", {"misspelt": 1}),
    ],
)
def test_a_form_that_makes_no_sense_is_refused_when_it_is_read(kind: str, more: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        a_field("one", kind, **more)


ANY_VALUE = st.one_of(
    st.booleans(),
    st.integers(-50, 50),
    st.floats(-50, 50, allow_nan=False),
    st.sampled_from(["", "formula", "2026-11-25", "2026-13-01", "十个字以内", "more than ten"]),
)


@given(st.dictionaries(st.sampled_from([field.id for field in FORM]), ANY_VALUE))
def test_nothing_private_stands_in_the_log_and_nothing_is_lost(filled: dict[str, Any]) -> None:
    shown, sealed = parted(FORM, filled)
    assert {**shown, **sealed} == filled
    assert not {field.id for field in FORM if field.private} & shown.keys()


@given(st.dictionaries(st.sampled_from([field.id for field in FORM]), ANY_VALUE))
def test_what_is_taken_fits_each_field_and_what_is_refused_names_one(filled: dict[str, Any]) -> None:
    wrong = misfit(FORM, filled)
    fits = {field.id: field.fits(filled[field.id]) for field in FORM if field.id in filled}
    assert (wrong is None) == (all(fits.values()) and "months" in filled)
    assert wrong is None or not fits.get(wrong.field)


def test_every_kind_says_what_is_allowed() -> None:
    assert {field.kind for field in FORM} == set(FieldKind)
    assert all(field.allowed for field in FORM)
