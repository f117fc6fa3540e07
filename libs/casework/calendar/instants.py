"""Instants as people write them: with their own zone or on a calendar's wall clock."""

from datetime import datetime, tzinfo

from libs.casework.calendar.zones import instant, micros


class InstantError(ValueError):
    """The text is no instant; the message says what would be."""


def parse_instant(text: str, zone: tzinfo) -> int:
    """µs UTC of `2026-11-27T17:30`, `2026-11-27 17:30:00.5`, `…+08:00`, `…Z`; without a zone it is the wall clock's of `zone`.

    Raises `InstantError`, for a day without a time of day too: nobody means its first moment.
    """
    written = text.strip()
    if ":" not in written:
        raise InstantError(
            f"{text!r} is no instant: write day and time, 2026-11-27T17:30 or 2026-11-27T17:30+08:00"
        )
    try:
        moment = datetime.fromisoformat(written)
        return micros(moment) if moment.tzinfo else instant(moment, zone)
    except (ValueError, OverflowError) as error:
        raise InstantError(f"{text!r} is no instant: {error}") from None
