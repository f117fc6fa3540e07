"""The part of a stage service that works by itself: its routes through Faust, and the sweep beside them."""

from collections.abc import Sequence
from typing import Protocol

from libs.casework.draft import Change, Speaker, Whatever
from libs.casework.events.oversight import Parked
from libs.casework.vocabulary import Service
from libs.plumbing.attempts import Attempts, Runs
from libs.plumbing.records import Record, Route
from libs.plumbing.worker import Worker
from libs.stages.messages import case_named_by
from libs.stages.ports import Ports
from libs.stages.reactor import Reactor, machine_actor
from libs.stages.sweep import Sweep


class Beside(Protocol):
    """What works by itself beside the routes, for services that have such a thing: sla's monitor."""

    def start(self) -> None:
        """Begin, and return at once."""

    async def stop(self) -> None:
        """End cleanly."""

    def ready(self) -> str:
        """A line for `/readyz`; raises while it cannot do its work."""


class StageWorker:
    """Worker and sweep of one service, and what else works beside them. `move_in` comes before `start`."""

    def __init__(self, service: Service) -> None:
        self._service = service
        self._worker: Worker | None = None
        self._sweep: Sweep | None = None
        self._beside: Beside | None = None

    def move_in(
        self, ports: Ports, routes: Sequence[Route], reactor: Reactor | None, beside: Beside | None = None
    ) -> None:
        """Make worker and sweep from what the service is built of."""
        self._beside = beside
        if not routes:
            return
        self._worker = Worker(
            self._service,
            ports.settings,
            routes,
            rejections=ports.rejections,
            attempts=Attempts(ports.database, self._service),
            runs=Runs(ports.database, f"{self._service}@{ports.settings.instance}"),
            on_parked=Flag(ports),
        )
        if reactor:
            self._sweep = Sweep(self._service, ports.store, ports.database, reactor, self._worker.lag)

    async def start(self) -> None:
        """Begin to listen and to sweep."""
        if self._worker:
            await self._worker.start()
        if self._sweep:
            self._sweep.start()
        if self._beside:
            self._beside.start()

    async def stop(self) -> None:
        """End cleanly."""
        if self._beside:
            await self._beside.stop()
        if self._sweep:
            await self._sweep.stop()
        if self._worker:
            await self._worker.stop()

    async def ready(self) -> str | None:
        """Whether the worker can do its job, with its lag."""
        listening = await self._worker.ready() if self._worker else "listens to nobody"
        return f"{listening}; {self._beside.ready()}" if self._beside else listening


class Flag:
    """A parked record about a case hands the case to a person: the machine leaves it alone from then on."""

    def __init__(self, ports: Ports) -> None:
        self._ports = ports
        self._speaker = Speaker(ports.service, machine_actor(ports.service))

    async def __call__(self, record: Record, reason: str) -> None:
        """Say so in the case's log; a record that names no case is only in the rejection topic."""
        subject = case_named_by(record)
        if subject is None:
            return
        parked = Parked(service=self._ports.service, record=record.place, reason=reason)
        change = Change(subject, Whatever(), (parked,))
        key = f"parked:{self._ports.service}:{record.place}"
        await self._ports.store.append([change], self._speaker, key=key)
