"""A service's worker: Faust inside an asyncio process, with everything around it that keeps it honest.

Nothing leaves an agent as an exception. What cannot go on ends the process: code 70 (unexpected, hung, stuck) or 75
(the topics changed); the supervisor starts it again, and after an unclean end it begins carefully.
"""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine, Sequence
from typing import Any, NoReturn

from libs.plumbing.attempts import Attempts, Runs, mark_hung
from libs.plumbing.backoff import Backoff
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.ends import RESTART, UNEXPECTED, RefusedToStartError, hard_exit, refuse
from libs.plumbing.faust_app import faust_app, member_of
from libs.plumbing.handling import Handling, Limits, OnParked
from libs.plumbing.kafka import check_kafka
from libs.plumbing.lane import Lane
from libs.plumbing.logs import logger
from libs.plumbing.mongo import mongo_client_sync
from libs.plumbing.progress import Lag, watch_progress
from libs.plumbing.records import Route
from libs.plumbing.rejections import Rejections
from libs.plumbing.settings import Settings
from libs.plumbing.topic_watch import TopicWatch
from libs.plumbing.topics import Topics
from libs.plumbing.watchdog import Watchdog

STOP_WITHIN_S = 2.0
log = logger(__name__)


class Worker:
    """Runs the routes of one service. The consumer group is the service's name."""

    def __init__(
        self,
        service: str,
        settings: Settings,
        routes: Sequence[Route],
        *,
        rejections: Rejections,
        attempts: Attempts,
        runs: Runs,
        on_parked: OnParked | None = None,
        end: Callable[[int], NoReturn] = hard_exit,
    ) -> None:
        self._service, self._settings, self._routes = service, settings, routes
        self._rejections, self._attempts, self._runs = rejections, attempts, runs
        self._on_parked, self._end = on_parked, end
        self._lanes: list[Lane] = []
        self._tasks: list[asyncio.Task[None]] = []
        self._app: Any = None
        self._member = ""
        self._lag: Lag | None = None
        self._topics = Topics(settings)
        self._watch = TopicWatch(self._topics, routes, self._start_again)
        self._watchdog = Watchdog(settings.handler_limit_s, self._loop_is_stuck)

    async def start(self) -> None:
        """Begin, and return at once: the worker comes up by itself when Kafka and MongoDB are there."""
        self._watchdog.start()
        self._spawn(self._come_up(), "worker")

    async def stop(self) -> None:
        """End cleanly within a few seconds: what is being handled may finish, what waits comes again."""
        self._watchdog.stop()
        if self._app is not None:
            await self._within(self._let_finish())
            await self._within(self._app.consumer.commit())
            await self._within(self._app.stop())
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self._within(self._topics.close())
        await self._within(self._runs.end())

    def lag(self) -> int:
        """Records that wait for us, as far as the last fetch told."""
        return self._lag.records() if self._lag else 0

    def handled(self) -> int:
        """Records brought to their end since the start."""
        return sum(lane.handling.ended for lane in self._lanes)

    async def ready(self) -> str:
        """A check for `/readyz`: raises until partitions are assigned and while a dependency is away."""
        if any(lane.handling.waiting for lane in self._lanes):
            raise RuntimeError("waiting for MongoDB or Kafka")
        if self._lag is None:
            raise RuntimeError("not started yet")
        if self._watch.listening and not self._lag.assigned():
            raise RuntimeError("no partitions assigned yet")
        return f"lag {self.lag()}"

    async def _come_up(self) -> None:
        await self._surely(self._attempts.prepare)
        careful = await self._surely(self._runs.begin)
        await self._surely(lambda: check_kafka(self._settings))
        listening = await self._watch.begin()
        if careful:
            log.warning("last_run_ended_uncleanly", careful_records=self._settings.careful_records)
        pairs = [
            (self._lane(route, careful), topics)
            for route, topics in zip(self._routes, listening, strict=True)
        ]
        self._lanes = [lane for lane, _ in pairs]
        app = faust_app(self._service, self._settings, [pair for pair in pairs if pair[1]])
        self._member = member_of(self._service, self._settings, self._watch.listening)
        self._lag = Lag(app, self._lanes, self._service)
        if self._watch.listening:
            self._app = app
            await app.maybe_start()
        for lane in self._lanes:
            self._spawn(lane.run(), "lane")
        self._spawn(self._watch.run(), "topics")
        self._spawn(watch_progress(self._lag, self._settings.idle_limit_s, self._end), "progress")
        log.info("worker_started", topics=sorted(self._watch.listening))

    async def _start_again(self) -> None:
        # Nobody died: the next run need not be careful.
        await self._within(self._topics.leave(self._service, self._member))
        await self._within(self._runs.end())
        self._end(RESTART)

    def _lane(self, route: Route, careful: bool) -> Lane:
        handling = Handling(
            self._service,
            route.handler,
            self._attempts,
            self._rejections,
            limits=Limits(self._settings.handler_limit_s, self._settings.deaths_to_park),
            careful=self._settings.careful_records if careful else 0,
            on_parked=self._on_parked,
            end=self._end,
        )
        return Lane(route, handling)

    def _spawn(self, work: Coroutine[Any, Any, None], name: str) -> None:
        task = asyncio.create_task(work, name=name)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        if task.cancelled() or not (error := task.exception()):
            return
        if isinstance(error, RefusedToStartError):
            refuse(self._service, error, self._end)
        else:
            log.critical("worker_task_failed", task=task.get_name(), exc_info=error)
            self._end(UNEXPECTED)

    async def _let_finish(self) -> None:
        await asyncio.gather(*(lane.finish() for lane in self._lanes))

    async def _within(self, work: Awaitable[Any]) -> None:
        try:
            async with asyncio.timeout(STOP_WITHIN_S):
                await work
        except Exception as error:
            log.warning("stop_incomplete", error=type(error).__name__)

    async def _surely(self, act: Callable[[], Awaitable[Any]]) -> Any:
        backoff = Backoff()
        while True:
            try:
                return await act()
            except Exception as error:
                if not dependency_away(error):
                    raise
                log.warning("waiting_for_dependency", error=type(error).__name__)
            await asyncio.sleep(backoff.wait())

    def _loop_is_stuck(self) -> None:
        # This runs in the watchdog's thread: the loop is not ours to use.
        blamed = [lane.handling.alone for lane in self._lanes if lane.handling.alone]
        log.critical("loop_stuck", limit_s=self._settings.handler_limit_s, alone=len(blamed))
        try:
            with mongo_client_sync(self._settings) as client:
                for record in blamed:
                    mark_hung(client, self._settings.mongo_database, self._attempts.key(record))
        finally:
            self._end(UNEXPECTED)
