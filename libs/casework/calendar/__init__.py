"""When an office works, and what a limit comes to on the clock: calendars, amounts of time, adding and measuring.

Instants are int64 µs since the epoch, UTC. Working time is the half-open windows in which an office is open; what ends
exactly when a window ends is due then, not at the next opening.
"""

from libs.casework.calendar.amount import Amount, AmountError, parse_amount
from libs.casework.calendar.calendar import Calendar
from libs.casework.calendar.calendars import Calendars, UnknownCalendar, parse_calendars
from libs.casework.calendar.spec import UnknownYear

__all__ = [
    "Amount",
    "AmountError",
    "Calendar",
    "Calendars",
    "UnknownCalendar",
    "UnknownYear",
    "parse_amount",
    "parse_calendars",
]
