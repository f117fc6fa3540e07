"""The only place that reads the clock. Times are int64 microseconds since 1970, UTC."""

import time

from pymongo import AsyncMongoClient

from libs.plumbing.ends import RefusedToStartError

MOST_APART_US = 1_000_000


class ClockError(RefusedToStartError):
    """Our clock and the database's differ by more than a second; a service refuses to start."""


def now_us() -> int:
    """Now, in microseconds since the epoch, UTC."""
    return time.time_ns() // 1000


def apart(before_us: int, theirs_us: int, after_us: int) -> int:
    """By how much (µs) two clocks differ at least, theirs being read between before and after."""
    if theirs_us < before_us:
        return before_us - theirs_us
    return max(0, theirs_us - after_us)


async def check_clock(client: AsyncMongoClient[dict[str, object]]) -> None:
    """Compare with MongoDB's clock (`hello`); `ClockError` with one line when it is over a second off."""
    before = now_us()
    reply = await client.admin.command("hello")
    after = now_us()
    theirs = int(reply["localTime"].timestamp() * 1_000_000)
    # localTime keeps milliseconds only, hence the slack of one.
    difference = apart(before - 1000, theirs, after)
    if difference > MOST_APART_US:
        raise ClockError(
            f"this machine's clock and MongoDB's differ by {difference / 1e6:.1f} s (at most 1 s): "
            "set the clocks (NTP), then start again"
        )
