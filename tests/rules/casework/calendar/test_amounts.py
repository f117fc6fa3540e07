"""Amounts of time as people write them."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from libs.casework.calendar import Amount, AmountError, Calendar, parse_amount
from libs.casework.calendar.amount import amount as amount_of
from libs.casework.categories import LimitUnit
from tests.support.calendars import DATONG, SHIPPED, at


@pytest.mark.parametrize(
    ("text", "value", "unit"),
    [
        ("4 工作时", 4, LimitUnit.WORK_HOUR),
        ("4工作时", 4, LimitUnit.WORK_HOUR),
        ("4 个工作日", 4, LimitUnit.WORK_DAY),
        ("4 work_hour", 4, LimitUnit.WORK_HOUR),
        (" 4 WORK_HOURS ", 4, LimitUnit.WORK_HOUR),
        ("0.1 work_hour", Fraction(1, 10), LimitUnit.WORK_HOUR),
        ("1 工作日", 1, LimitUnit.WORK_DAY),
        ("2 紧急工作时", 2, LimitUnit.URGENT_HOUR),
        ("7 紧急工作日", 7, LimitUnit.URGENT_DAY),
        ("30 分钟", Fraction(1, 2), LimitUnit.URGENT_HOUR),
        ("90 minutes", Fraction(3, 2), LimitUnit.URGENT_HOUR),
    ],
)
def test_an_amount_is_read(text: str, value: Fraction, unit: LimitUnit) -> None:
    assert parse_amount(text) == Amount(Fraction(value), unit)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "4",
        "工作时",
        "four work_hour",
        "4 weeks",
        "-4 work_hour",
        "1.2.3 work_day",
        "4 work_hour 2",
        "inf work_day",
    ],
)
def test_what_is_no_amount_says_what_would_be(text: str) -> None:
    with pytest.raises(AmountError, match=r"is no (limit: a number and one of 工作时 work_hour|number)"):
        parse_amount(text)


@pytest.mark.parametrize(
    "text", ["0 work_hour", "0.0 工作日", "40000 work_day", "99999999999999999999999 work_hour"]
)
def test_an_amount_is_more_than_nothing_and_at_most_a_hundred_years(text: str) -> None:
    with pytest.raises(AmountError, match="at most a hundred years"):
        parse_amount(text)


def test_a_number_that_is_none_is_no_amount() -> None:
    with pytest.raises(AmountError, match="no number"):
        amount_of("nan", LimitUnit.WORK_DAY)


@pytest.mark.parametrize(
    ("text", "zh", "en", "short"),
    [
        ("4 work_hour", "4 工作时", "4 working hours", "4 work_hour"),
        ("1 work_day", "1 工作日", "1 workday", "1 work_day"),
        ("1.5 urgent_hour", "1.5 紧急工作时", "1.5 urgent hours", "1.5 urgent_hour"),
        ("30 分钟", "30 分钟", "30 minutes", "0.5 urgent_hour"),
        ("1 minute", "1 分钟", "1 minute", "1 minutes"),
        ("100 work_hour", "100 工作时", "100 working hours", "100 work_hour"),
    ],
)
def test_an_amount_is_shown_in_both_languages(text: str, zh: str, en: str, short: str) -> None:
    amount = parse_amount(text)
    assert (amount.zh, amount.en, str(amount)) == (zh, en, short)


@given(st.integers(1, 10_000), st.sampled_from(LimitUnit))
def test_what_is_shown_can_be_read_again(value: int, unit: LimitUnit) -> None:
    amount = Amount(Fraction(value, 2), unit)
    assert [parse_amount(text) for text in (str(amount), amount.zh)] == [amount, amount]


@given(st.integers(1, 10_000))
def test_minutes_are_written_exactly(minutes: int) -> None:
    amount = parse_amount(f"{minutes} 分钟")
    assert parse_amount(str(amount)) == amount


def test_half_days_are_refused_where_days_are_whole() -> None:
    with pytest.raises(AmountError, match=r"0.5 工作日: workdays are whole"):
        DATONG.add(at("2026-11-25 09:00"), parse_amount("0.5 工作日"))


def test_reviewed_data_writes_an_amount_as_text() -> None:
    class Row(BaseModel):
        within: Amount

    row = Row.model_validate({"within": "4 工作时"})
    assert row.within == parse_amount("4 work_hour")
    assert Row(within=row.within).model_dump(mode="json") == {"within": "4 work_hour"}
    with pytest.raises(ValidationError, match="is no limit"):
        Row.model_validate({"within": "4 weeks"})
    assert isinstance(SHIPPED.get("handbook-8h"), Calendar)
