"""One term of an active relay: from taking the place over to losing the lease.

Whatever goes wrong on the way (database or broker away, place lost, broker emptied) ends in the same beginning:
look at what is there, mend the place, go on from it.
"""

import asyncio
from collections.abc import Callable, Mapping
from contextlib import aclosing
from dataclasses import dataclass, replace
from time import monotonic

from aiokafka.errors import KafkaError
from kafka.errors import KafkaError as AdminKafkaError
from pymongo.asynchronous.database import AsyncDatabase
from pymongo.errors import PyMongoError

from libs.casework.news import News, Unreadable, news_of
from libs.plumbing.backoff import Backoff
from libs.plumbing.logs import logger
from libs.plumbing.mongo import Document
from services.relay import heal, state
from services.relay.broker import REJECTED, TOPICS, Broker
from services.relay.place import Fenced, Place, Places, Refill, TopicPlace, moved
from services.relay.publish import BrokerEmptied, NewsPublisher
from services.relay.scan import since
from services.relay.skipped import Skipped
from services.relay.stream import Arrived, LogStream, PlaceLost, operation_time
from services.relay.sweep import Sweep
from services.relay.tasks import together

SAVE_EVERY_S = 0.1
SAVE_IDLE_S = 10.0
WATCH_EVERY_S = 5.0
FEW, APART_S, CROWD_APART_S = 8, 0.02, 0.04
"""Batches begin so far apart, after more than a few entries farther. One costs relay, MongoDB, Kafka and a follower
about 4.5 ms of CPU together, however small; what comes alone does not wait."""
MENDABLE = (PyMongoError, KafkaError, AdminKafkaError, PlaceLost, BrokerEmptied, OSError)
log = logger(__name__)


@dataclass(frozen=True, slots=True)
class Ports:
    """What a term works with. `now` in µs UTC; `retention` of the topics in µs."""

    database: AsyncDatabase[Document]
    places: Places
    stream: LogStream
    broker: Broker
    publisher: NewsPublisher
    skipped: Skipped
    sweep: Sweep
    state: state.State
    now: Callable[[], int]
    retention: int = heal.RETENTION_US


class Term:
    """Leads with one epoch while `held()`."""

    def __init__(self, epoch: int, ports: Ports, held: Callable[[], bool]) -> None:
        self._epoch, self._ports, self._held = epoch, ports, held
        self._place = Place(epoch)
        self._dirty = asyncio.Event()
        self._saved_at = 0.0

    async def run(self) -> None:
        """Until another relay has a higher epoch: raises `Fenced`."""
        backoff = Backoff(first=0.05)
        await self._claim(backoff)
        while True:
            try:
                await self._begin()
                backoff.reset()
                await together(self._follow(), self._save(), self._watch(), self._ports.sweep.run())
            except MENDABLE as trouble:
                self._note(trouble)
            await asyncio.sleep(backoff.wait())

    async def close(self) -> None:
        """Save the place if there is news of it, and let go of the stream and the broker."""
        try:
            if self._dirty.is_set():
                await self._ports.places.save(self._place)
            await self._ports.stream.close()
            await self._ports.publisher.stop()
        except (*MENDABLE, Fenced) as error:
            log.info("stop_incomplete", error=type(error).__name__)

    async def _claim(self, backoff: Backoff) -> None:
        while True:
            try:
                self._place = await self._ports.places.claim(self._epoch)
                return
            except PyMongoError as trouble:
                self._note(trouble)
            await asyncio.sleep(backoff.wait())

    async def _begin(self) -> None:
        ports = self._ports
        found = await self._topics()
        place = heal.broker_seen(self._place, found, ports.now(), ports.retention)
        self._place = await self._opened(place)
        await ports.places.save(self._place)
        await ports.publisher.start(found)
        ports.state.waiting = None
        if self._place.refill:
            await self._fill_again(self._place.refill)
        log.info("following", epoch=self._epoch)

    async def _topics(self) -> Mapping[str, TopicPlace]:
        """The topics once all of them exist: making them is not our work."""
        while True:
            found = await self._ports.broker.look()
            missing = sorted({*TOPICS, REJECTED} - set(found))
            if not missing:
                return {name: found[name] for name in TOPICS}
            self._ports.state.waiting = "topics are missing"
            log.warning("waiting_for_topics", missing=missing)
            await asyncio.sleep(1.0)

    async def _opened(self, place: Place) -> Place:
        ports = self._ports
        if place.token is not None:
            try:
                await ports.stream.open(token=place.token)
                return place
            except PlaceLost as lost:
                log.warning("place_lost", reason=str(lost))
        state.heals.labels(state.SERVICE, "place").inc()
        token = await ports.stream.open(since=await operation_time(ports.database))
        return heal.place_lost(place, token, ports.now(), ports.retention)

    async def _fill_again(self, refill: Refill) -> None:
        ports = self._ports
        ports.state.refilling = True
        state.heals.labels(state.SERVICE, "topics").inc()
        log.warning("filling_again", topics=sorted(refill.topics), since=refill.since)
        time = await operation_time(ports.database)
        count = 0
        async with aclosing(since(ports.database, refill.since, time)) as pages:
            async for entries in pages:
                self._must_hold()
                news = await ports.skipped.readable(entries)
                state.published.inc(await ports.publisher.publish(news, refill.topics))
                await self._filled_until(replace(refill, since=entries[-1].at))
                count += len(news)
        await self._filled_until(None, through=time.time * 1_000_000)
        ports.state.refilling = False
        log.warning("filled_again", topics=sorted(refill.topics), entries=count)

    async def _filled_until(self, refill: Refill | None, through: int = 0) -> None:
        """What is done need not be done again after a restart."""
        ends = self._ports.publisher.ends()
        self._place = replace(moved(self._place, self._place.token, through, ends), refill=refill)
        await self._ports.places.save(self._place)

    async def _follow(self) -> None:
        stream = self._ports.stream
        while True:
            arrived = await stream.next()
            if arrived.bodies:
                next_at = monotonic() + (APART_S if len(arrived.bodies) <= FEW else CROWD_APART_S)
                await self._publish(arrived)
                await asyncio.sleep(next_at - monotonic())
            else:
                self._idle(arrived)

    async def _publish(self, arrived: Arrived) -> None:
        self._must_hold()
        ports, news, unreadable = self._ports, list[News](), dict[int, str]()
        for index, body in enumerate(arrived.bodies):
            try:
                news.append(news_of(body))
            except Unreadable as reason:
                unreadable[index] = str(reason)
        if unreadable:
            await self._put_aside(arrived.bodies, unreadable)
        state.published.inc(await ports.publisher.publish(news))
        newest = max((one.at for one in news), default=0)
        if newest:
            ports.state.behind((ports.now() - newest) / 1_000_000)
        self._go_to(arrived, newest)

    async def _put_aside(self, bodies: list[bytes], unreadable: Mapping[int, str]) -> None:
        ids = await self._ports.stream.entry_ids(len(bodies))
        for index, reason in unreadable.items():
            await self._ports.skipped.aside(ids[index], bodies[index], reason)

    def _go_to(self, arrived: Arrived, through: int) -> None:
        self._place = moved(self._place, arrived.token, through, self._ports.publisher.ends())
        self._dirty.set()

    def _idle(self, arrived: Arrived) -> None:
        """Nothing came. The place is still renewed now and then, or it would fall off the end of the oplog."""
        self._ports.state.behind(0)
        if monotonic() - self._saved_at > SAVE_IDLE_S:
            self._go_to(arrived, 0)

    async def _save(self) -> None:
        while True:
            await self._dirty.wait()
            self._dirty.clear()
            await self._ports.places.save(self._place)
            self._saved_at = monotonic()
            await asyncio.sleep(SAVE_EVERY_S)

    async def _watch(self) -> None:
        while True:
            await asyncio.sleep(WATCH_EVERY_S)
            ends = self._ports.publisher.ends()
            known = {name: replace(topic, ends=ends[name]) for name, topic in self._place.topics.items()}
            there = await self._ports.broker.look()
            found = {name: there[name] for name in known if name in there}
            lost = (set(known) - set(found)) | heal.emptied(known, found)
            if lost:
                raise BrokerEmptied(*sorted(lost))

    def _must_hold(self) -> None:
        if not self._held():
            raise Fenced(self._epoch)

    def _note(self, trouble: Exception) -> None:
        """What the next beginning has to know of this end."""
        self._ports.state.waiting = type(trouble).__name__
        log.warning("beginning_again", error=type(trouble).__name__, epoch=self._epoch)
        if isinstance(trouble, PlaceLost):
            self._place = replace(self._place, token=None)
        if isinstance(trouble, BrokerEmptied):
            kept = {name: topic for name, topic in self._place.topics.items() if name not in trouble.names}
            self._place = replace(self._place, topics=kept)
