"""How far behind a worker is, and whether it gets anywhere."""

import asyncio
from collections.abc import Callable, Collection, Sequence
from time import monotonic
from typing import Any, NoReturn

from faust.exceptions import ConsumerNotStarted

from libs.plumbing.ends import UNEXPECTED
from libs.plumbing.lane import Lane
from libs.plumbing.logs import logger
from libs.plumbing.telemetry import gauge

EVERY_S = 2.0
log = logger(__name__)
lag_gauge = gauge("worker_lag_records", "Records that wait to be handled")


class Lag:
    """Counts what the broker has beyond what the lanes brought to an end."""

    def __init__(self, app: Any, lanes: Sequence[Lane], service: str) -> None:
        self._app, self._lanes, self.service = app, lanes, service
        app.on_partitions_assigned.connect(self._reassigned, weak=False)

    def assigned(self) -> bool:
        """Whether the group gave us partitions."""
        return bool(self._partitions())

    def records(self) -> int:
        """Records that wait; a partition that nobody fetched from yet counts as none."""
        return sum(self._behind(tp) for tp in self._partitions())

    def done(self) -> int:
        """Records brought to an end since the start."""
        return sum(lane.handling.ended for lane in self._lanes)

    def waiting(self) -> bool:
        """Whether a lane waits for something that is away."""
        return any(lane.handling.waiting for lane in self._lanes)

    def _partitions(self) -> Collection[Any]:
        # The app says that it has started before its consumer has: seen where Kafka was slow to come back.
        try:
            partitions: Collection[Any] = self._app.consumer.assignment() if self._app.started else ()
        except ConsumerNotStarted:
            return ()
        return partitions

    def _behind(self, tp: Any) -> int:
        end = self._app.consumer.highwater(tp)
        if end is None:
            return 0
        place = (tp.topic, tp.partition)
        ours = [lane.next_offsets[place] for lane in self._lanes if place in lane.next_offsets]
        begun = ours[0] if ours else self._app.consumer._committed_offset.get(tp)
        return max(0, end - begun) if begun is not None else 0

    async def _reassigned(self, *_: Any, **__: Any) -> None:
        # Somebody else may have handled more of these partitions in between.
        for lane in self._lanes:
            lane.next_offsets.clear()


async def watch_progress(lag: Lag, limit_s: float, end: Callable[[int], NoReturn]) -> None:
    """End the process when records wait and none is brought to its end for `limit_s`, though nothing is away."""
    since, done = monotonic(), -1
    while True:
        behind = lag.records()
        lag_gauge.labels(lag.service).set(behind)
        if lag.done() != done or behind == 0 or lag.waiting():
            since, done = monotonic(), lag.done()
        elif monotonic() - since > limit_s:
            log.critical("no_progress", behind=behind, limit_s=limit_s)
            end(UNEXPECTED)
        await asyncio.sleep(EVERY_S)
