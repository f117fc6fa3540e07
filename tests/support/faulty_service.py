"""A service with one fault built in, for tests only: `python -m tests.support.faulty_service SERVICE ROLE FAULT…`.

die-in-commit      kills itself between the inserts and the commit of a group, three times in all
poisonable         a record that holds `makes-it-die` kills it, one that holds `makes-it-hang` is never done with
ignore-keys        appends carry no idempotency key
ignore-seq         a decision goes on top of whatever is there, however old the case was that it was made on
ignore-epoch       a relay saves its place and keeps its lease whoever has it
"""

import asyncio
import os
import signal
import sys
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, cast

from cli.catalog import Compose, compose_of
from libs.casestore.append import Append
from libs.casestore.committer import Committer
from libs.casestore.transaction import LogAccess
from libs.casework.draft import AtSeq, Whatever
from libs.plumbing.leases import Leases
from libs.plumbing.records import Handler, Record, Route
from libs.plumbing.runner import Role, run
from libs.plumbing.settings import settings_or_exit
from libs.stages.service import StageService
from services.relay.place import Places

DEATHS, BEFORE_DEATH = 3, 2


def die_in_commit(compose: Compose) -> Compose:
    """Die in the second transaction of each of the first three lives."""
    lives = Path(os.environ["BANJIE_DATA_DIR"]) / "run" / f"deaths-{os.environ['BANJIE_SERVICE']}"
    write_all, written = LogAccess._write_all, 0

    async def write_and_die(self: LogAccess, plan: Any, session: Any) -> None:
        nonlocal written
        written += 1
        await write_all(self, plan, session)
        deaths = len(lives.read_text()) if lives.exists() else 0
        if written >= BEFORE_DEATH and deaths < DEATHS:
            lives.write_text("x" * (deaths + 1))
            os.kill(os.getpid(), signal.SIGKILL)

    LogAccess._write_all = write_and_die  # type: ignore[method-assign]
    return compose


def poisonable(compose: Compose) -> Compose:
    """Wrap every handler of a stage service."""
    stage = cast(StageService, compose)

    async def build(ports: Any) -> Any:
        room = await stage.build(ports)
        return replace(room, routes=tuple(_wrapped(route) for route in room.routes))  # type: ignore[type-var]

    return replace(stage, build=build)


def _wrapped(route: Route) -> Route:
    return replace(route, handler=_poisoned(route.handler))


def _poisoned(handler: Handler) -> Handler:
    async def handle(records: Sequence[Record]) -> None:
        if any(b"makes-it-die" in record.value for record in records):
            os.kill(os.getpid(), signal.SIGKILL)
        if any(b"makes-it-hang" in record.value for record in records):
            await asyncio.sleep(3600)
        await handler(records)

    return handle


def ignore_keys(compose: Compose) -> Compose:
    """Nothing tells a record that comes twice from two records."""
    submit = Committer.submit

    def submit_without(self: Committer, append: Append) -> Any:
        return submit(self, replace(append, key=None))

    Committer.submit = submit_without  # type: ignore[method-assign]
    return compose


def ignore_seq(compose: Compose) -> Compose:
    """A decision is put on top of whatever is there."""
    submit = Committer.submit

    def submit_anyhow(self: Committer, append: Append) -> Any:
        return submit(self, anyhow(append))

    Committer.submit = submit_anyhow  # type: ignore[method-assign]
    return compose


def anyhow(append: Append) -> Append:
    """The append, expecting nothing where it expected a seq."""
    changes = [
        replace(change, expect=Whatever()) if isinstance(change.expect, AtSeq) else change
        for change in append.changes
    ]
    return replace(append, changes=changes)


def ignore_epoch(compose: Compose) -> Compose:
    """Save whoever has taken over, and believe that the lease is still ours."""

    async def renew(self: Leases, name: str, epoch: int, ttl_s: float) -> bool:
        return True

    async def save(self: Places, place: Any) -> None:
        from services.relay.place import _ID, _written

        await self._saves.update_one({"_id": _ID}, {"$set": _written(place)})

    Leases.renew, Places.save = renew, save  # type: ignore[method-assign]
    return compose


FAULTS = {
    "die-in-commit": die_in_commit,
    "poisonable": poisonable,
    "ignore-keys": ignore_keys,
    "ignore-seq": ignore_seq,
    "ignore-epoch": ignore_epoch,
}


def main(name: str, role: str, *faults: str) -> int:
    """Run until SIGTERM; the exit code."""
    compose = compose_of(name)
    for fault in faults:
        compose = FAULTS[fault](compose)
    return run(compose, settings_or_exit(), cast(Role, role))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
