"""Following a case through the records service: until something was said about it, and what its codes are called."""

import asyncio
import time
from dataclasses import dataclass
from typing import Any

from cli.demo.http_door import HttpDoor, Stuck

AUDITOR = "auditor"
LOOK_AGAIN_S = 0.05


@dataclass(frozen=True)
class Following:
    """Looks every 50 ms, for at most `patience_s`, as somebody who may read every office's cases."""

    http: HttpDoor
    patience_s: float

    async def log(self, case_id: str) -> dict[str, Any]:
        """The story of a case as records tells it."""
        found: dict[str, Any] = await self.http.get(f"/records/v1/cases/{case_id}/log", AUDITOR)
        return found

    async def until(self, case_id: str, event: str, after: int) -> dict[str, Any]:
        """The first such entry after seq `after`. Raises `Stuck` when it does not come in time."""
        end = time.monotonic() + self.patience_s
        while True:
            for entry in (await self.log(case_id))["entries"]:
                if entry["event"] == event and entry["seq"] > after:
                    return dict(entry)
            if time.monotonic() > end:
                raise Stuck(f"no {event} within {self.patience_s:g} s")
            await asyncio.sleep(LOOK_AGAIN_S)

    async def names(self, case_id: str) -> dict[str, str]:
        """What category and lead are called, in both languages."""
        case = await self.http.get(f"/records/v1/cases/{case_id}", AUDITOR)
        names = case["names"]
        found = {"category": names["category"], "lead": names["units"].get(case["lead"])}
        return {f"{what}_{tongue}": name[tongue] for what, name in found.items() if name for tongue in name}
