"""Two relays in one installation, and ways to stop them."""

import asyncio
import signal
from time import monotonic

from tests.support.whole import Whole

RELAYS = ("relay", "relay-2")


async def active(whole: Whole) -> list[str]:
    """The relays that say they are active now."""
    said = {name: await asyncio.to_thread(whole.says, name) for name in RELAYS}
    return [name for name, says in said.items() if "active" in says]


async def stopped_past_its_lease(whole: Whole) -> None:
    """SIGSTOP the active relay until the other has taken over, then SIGCONT."""
    await _until_active(whole, 1, 30)
    (first,) = await active(whole)
    other = next(name for name in RELAYS if name != first)
    await asyncio.to_thread(whole.signal, first, signal.SIGSTOP)
    try:
        end = monotonic() + 30
        while "active" not in await asyncio.to_thread(whole.says, other):
            assert monotonic() < end, f"{other} has not taken over"
            await asyncio.sleep(0.1)
        await asyncio.sleep(2)
    finally:
        await asyncio.to_thread(whole.signal, first, signal.SIGCONT)


async def two_relays(whole: Whole, seconds: float = 10) -> list[str]:
    """In words, when more or fewer than one relay is active even after a while."""
    try:
        await _until_active(whole, 1, seconds)
    except TimeoutError:
        return [f"active at once: {await active(whole)}"]
    return []


async def _until_active(whole: Whole, count: int, seconds: float) -> None:
    end = monotonic() + seconds
    while len(await active(whole)) != count:
        if monotonic() > end:
            raise TimeoutError
        await asyncio.sleep(0.2)
