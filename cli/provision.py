"""Bring servers that others run, for example containers, to what this version needs, and end: `python -m cli.provision`.

Told by the environment like a service, with the administrators' users. `BANJIE_SECRETS_DIR` is the operator's folder;
beside it lie those of the services. Where it shares the network of a MongoDB node (127.0.0.1) it also makes the replica
set and its administrator. Run it again whenever you like: after an upgrade, after the broker was emptied.
"""

import asyncio
import os
import sys
import time
from collections.abc import Awaitable, Callable
from pathlib import Path

from pymongo.uri_parser import parse_uri

from cli.console import FailedError
from cli.provision_kafka import provision_kafka
from cli.provision_mongo import provision_mongo
from libs.plumbing.dependencies import dependency_away
from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.mongod import settle
from libs.plumbing.embedded.ports import answers
from libs.plumbing.ends import REFUSED, RefusedToStartError
from libs.plumbing.mongo import check_mongo, mongo_client
from libs.plumbing.settings import Settings, settings_or_exit

WITHIN_S = 120.0
POLL_S = 0.5


async def provision(settings: Settings, secrets: Path) -> None:
    """All steps, each until it is done. `FailedError` when a server does not become ready in time."""
    await _until("the replica set has no primary with our administrator", lambda: _settled(settings))
    await _until("MongoDB does not answer", lambda: _provisioned_mongo(settings, secrets))
    await _until("Kafka does not answer", lambda: _provisioned_kafka(settings, secrets))
    say("topics, users and rights are as this version needs them")


async def _settled(settings: Settings) -> bool:
    """Whether the set is made; at a MongoDB that is not ours (nothing on 127.0.0.1) somebody else has made it."""
    address = parse_uri(settings.mongo_uri)
    nodes = [f"{host}:{port}" for host, port in address["nodelist"]]
    port = address["nodelist"][0][1]
    if settings.mongo_password is None or not answers(port):
        async with mongo_client(settings) as client:
            await check_mongo(client, settings)
        return True
    password = settings.mongo_password.get_secret_value().strip()
    return await asyncio.to_thread(settle, port, password, address["options"]["replicaSet"], nodes)


async def _provisioned_mongo(settings: Settings, secrets: Path) -> bool:
    await provision_mongo(settings, secrets, _show_first_key)
    say("schema, database users and rights are as this version needs them")
    return True


async def _provisioned_kafka(settings: Settings, secrets: Path) -> bool:
    await provision_kafka(settings, secrets)
    return True


async def _until(what: str, done: Callable[[], Awaitable[bool]]) -> None:
    """Try until it is done; a server that is away may come."""
    end, why = time.monotonic() + WITHIN_S, ""
    while time.monotonic() < end:
        try:
            if await done():
                return
        except Exception as error:
            if not dependency_away(error):
                raise
            why = f": {type(error).__name__}"
        await asyncio.sleep(POLL_S)
    raise FailedError(f"{what} after {WITHIN_S:g} s{why}")


def _show_first_key(token: str) -> None:
    say("first administrator's key, shown once 首个管理员密钥(仅显示一次):")
    say(token)


def say(line: str) -> None:
    """To the log of the container, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


def main() -> int:
    """The exit code: 0 done, 1 not in time, 2 told wrongly."""
    settings = settings_or_exit(service="provision")
    try:
        asyncio.run(provision(settings, Path(os.environ["BANJIE_SECRETS_DIR"]).parent))
    except (FailedError, EmbeddedError, RefusedToStartError) as error:
        sys.stderr.write(f"provision: {error}\n")
        return REFUSED if isinstance(error, RefusedToStartError) else 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
