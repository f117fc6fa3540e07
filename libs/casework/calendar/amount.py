"""A length of time in the units of limits: `4 工作时`, `2 work_day`, `30 分钟`. Exact; never a float inside."""

import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from functools import cached_property
from typing import Any

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema

from libs.casework.categories import LimitUnit

HOUR = 3_600_000_000
"""An hour in µs."""
DAY = 24 * HOUR
"""Twenty-four hours in µs."""
_MOST_US = 100 * 366 * DAY
_WRITTEN = re.compile(
    r"\s*([0-9]{1,24}(?:\.[0-9]{1,9})?|\.[0-9]{1,9})\s*(?:个)?\s*([a-z_]+|[\u4e00-\u9fff]+)\s*",
    re.IGNORECASE | re.ASCII,
)

# A minute of the day and night is a sixtieth of an urgent hour: what is asked in minutes does not wait for an opening.
_UNITS: dict[str, tuple[LimitUnit, Fraction]] = {
    **{unit.value: (unit, Fraction(1)) for unit in LimitUnit},
    **{f"{unit.value}s": (unit, Fraction(1)) for unit in LimitUnit},
    **{unit.zh: (unit, Fraction(1)) for unit in LimitUnit},
    "工作小时": (LimitUnit.WORK_HOUR, Fraction(1)),
    "紧急工作小时": (LimitUnit.URGENT_HOUR, Fraction(1)),
    "分钟": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
    "urgent_minute": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
    "urgent_minutes": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
    "minute": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
    "minutes": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
    "min": (LimitUnit.URGENT_HOUR, Fraction(1, 60)),
}
_EN = {
    LimitUnit.WORK_HOUR: "working hour",
    LimitUnit.URGENT_HOUR: "urgent hour",
    LimitUnit.WORK_DAY: "workday",
    LimitUnit.URGENT_DAY: "urgent day",
}


class AmountError(ValueError):
    """The text is no length of time; the message says what would be."""


@dataclass(frozen=True)
class Amount:
    """`value` of `unit`, greater than nothing. Raises `AmountError` otherwise, or when it exceeds a hundred years."""

    value: Fraction
    unit: LimitUnit

    def __post_init__(self) -> None:
        unit_us = HOUR if self.unit in (LimitUnit.WORK_HOUR, LimitUnit.URGENT_HOUR) else DAY
        if not 0 < self.value * unit_us <= _MOST_US:
            raise AmountError(f"{self}: a limit is more than nothing and at most a hundred years")

    @cached_property
    def whole(self) -> int | None:
        """The value when it is a whole number, else None: days counted by the Civil Code are whole."""
        return self.value.numerator if self.value.denominator == 1 else None

    def micros(self, unit_us: int) -> int:
        """The value in µs when one of its unit is `unit_us` long; half a microsecond is rounded to even."""
        value = self.value
        return value.numerator * unit_us if value.denominator == 1 else round(value * unit_us)

    @property
    def zh(self) -> str:
        """`4 工作时`; less than an urgent hour as `30 分钟`."""
        number, minutes = self._shown
        return f"{number} {'分钟' if minutes else self.unit.zh}"

    @property
    def en(self) -> str:
        """`4 working hours`; less than an urgent hour as `30 minutes`."""
        number, minutes = self._shown
        word = "minute" if minutes else _EN[self.unit]
        return f"{number} {word}{'' if number == '1' else 's'}"

    def __str__(self) -> str:
        """As data writes it, exactly: `4 work_hour`; a third of an urgent hour as `20 minutes`."""
        if _is_decimal(self.value):
            return f"{_decimal(self.value)} {self.unit}"
        return f"{_decimal(self.value * 60)} minutes"

    @property
    def _shown(self) -> tuple[str, bool]:
        minutes = self.value * 60
        in_minutes = self.unit is LimitUnit.URGENT_HOUR and minutes.denominator == 1 and self.value < 1
        return _decimal(minutes if in_minutes else self.value), in_minutes

    @classmethod
    def __get_pydantic_core_schema__(cls, source: type[Any], handler: GetCoreSchemaHandler) -> CoreSchema:
        """In reviewed data an amount is written as text: `4 work_hour`."""
        text = core_schema.chain_schema(
            [core_schema.str_schema(), core_schema.no_info_plain_validator_function(parse_amount)]
        )
        return core_schema.json_or_python_schema(
            json_schema=text,
            python_schema=core_schema.union_schema([core_schema.is_instance_schema(cls), text]),
            serialization=core_schema.plain_serializer_function_ser_schema(
                str, return_schema=core_schema.str_schema()
            ),
        )

    @classmethod
    def __get_pydantic_json_schema__(cls, core: CoreSchema, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """Text, with examples of how it is written."""
        return {"type": "string", "examples": ["1 urgent_hour", "2 工作日"]}


def amount(value: str | float, unit: LimitUnit) -> Amount:
    """The amount behind a number as people write it: 0.1 is a tenth, not the nearest binary fraction."""
    try:
        return Amount(Fraction(Decimal(str(value))), unit)
    except (InvalidOperation, ValueError, OverflowError) as error:
        if isinstance(error, AmountError):
            raise
        raise AmountError(f"{value!r} is no number") from None


def parse_amount(text: str) -> Amount:
    """The amount in `4 工作时`, `0.5 urgent_hour`, `2 紧急工作日`, `30 分钟`. Raises `AmountError`."""
    written = _WRITTEN.fullmatch(text)
    known = _UNITS.get(written[2].lower()) if written else None
    if written is None or known is None:
        units = ", ".join(f"{unit.zh} {unit}" for unit in LimitUnit)
        raise AmountError(f"{text!r} is no limit: a number and one of {units}, 分钟 minute")
    unit, share = known
    return Amount(amount(written[1], unit).value * share, unit)


def _is_decimal(value: Fraction) -> bool:
    return Fraction(Decimal(value.numerator) / Decimal(value.denominator)) == value


def _decimal(value: Fraction) -> str:
    """The digits, all of them where they end."""
    return f"{(Decimal(value.numerator) / Decimal(value.denominator)).normalize():f}"
