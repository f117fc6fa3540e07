"""All stories of an evening, one after the other, and how each ended."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any
from uuid import uuid4

from cli.demo.cast import keys_of, settings_of
from cli.demo.following import Following
from cli.demo.http_door import HttpDoor, Stuck
from cli.demo.kafka_door import KafkaDoor
from cli.demo.script import Script, Story
from cli.demo.tale import Doors, Tale, Teller
from cli.home import Home
from cli.running import url_of


@dataclass
class Ending:
    """How a story ended: its cases by name, the log of each as records tells it, or why it came to no end."""

    story: Story
    cases: dict[str, str] = field(default_factory=dict)
    logs: dict[str, dict[str, Any]] = field(default_factory=dict)
    stuck: str | None = None


async def tell_all(home: Home, script: Script, teller: Teller, patience_s: float) -> list[Ending]:
    """Tell every story; one that comes to no end does not keep the next from being told."""
    run = uuid4().hex[:12]
    async with doors_of(home, script, patience_s) as doors:
        follow = Following(doors.http, patience_s)
        tales = [Tale(story, script, doors, follow, teller, run) for story in script.stories]
        return [await _told(tale) for tale in tales]


@asynccontextmanager
async def doors_of(home: Home, script: Script, patience_s: float) -> AsyncIterator[Doors]:
    """Every door of the stories, open. The systems must be registered."""
    http = HttpDoor(url_of(home), keys_of(home, script), patience_s)
    reach = settings_of(home, script)
    kafka = {name: KafkaDoor(system, reach[name], patience_s) for name, system in script.systems.items()}
    try:
        await asyncio.gather(*(door.start() for door in kafka.values()))
        yield Doors(http, kafka)
    finally:
        await asyncio.gather(*(door.stop() for door in kafka.values()), http.close())


async def _told(tale: Tale) -> Ending:
    ending = Ending(tale.story)
    try:
        await tale.tell()
        ending.logs = {name: await tale.follow.log(case.case_id) for name, case in tale.cases.items()}
    except Stuck as stuck:
        ending.stuck = str(stuck)
    ending.cases = {name: case.case_id for name, case in tale.cases.items()}
    return ending
