"""What topics there are, and whether they are still the same ones: names, ids, end offsets."""

import asyncio
import warnings
from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar
from uuid import UUID

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)  # kafka-python reads its schemas by a deprecated call
    from kafka import TopicPartition
    from kafka.admin import KafkaAdminClient, MemberToRemove

from libs.plumbing.kafka import MECHANISM, sasl, tls
from libs.plumbing.settings import Settings

TIMEOUT_MS = 5000
LATEST = -1
Found = TypeVar("Found")


def kafka_admin(settings: Settings) -> Any:
    """kafka-python's synchronous administration client; close it."""
    options: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": f"banjie-{settings.service}-admin",
        "security_protocol": settings.kafka_security,
        "bootstrap_timeout_ms": TIMEOUT_MS,
        "request_timeout_ms": TIMEOUT_MS,
    }
    credentials = sasl(settings)
    if credentials:
        options |= {
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": credentials["username"],
            "sasl_plain_password": credentials["password"],
            "ssl_context": tls(settings),
        }
    return KafkaAdminClient(**options)


class Topics:
    """Asks the broker about topics, in a thread, over one connection that is opened when first needed."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._admin: Any = None
        self._lock = asyncio.Lock()

    async def names(self, prefix: str = "") -> tuple[str, ...]:
        """The topics that we may see whose names start with the prefix, sorted; without rejected ones."""
        found = await self._ask(_describe_all)
        return tuple(
            sorted(name for name in found if name.startswith(prefix) and not name.endswith(".rejected"))
        )

    async def ids(self, topics: Iterable[str]) -> dict[str, UUID]:
        """The id of each topic that exists. A topic made again under its old name has another id."""
        wanted = set(topics)
        found = await self._ask(_describe_all)
        return {name: UUID(str(topic["topic_id"])) for name, topic in found.items() if name in wanted}

    async def partitions(self, topics: Iterable[str]) -> dict[str, int]:
        """The number of partitions of each topic that exists."""
        wanted = set(topics)
        found = await self._ask(_describe_all)
        return {name: len(topic["partitions"]) for name, topic in found.items() if name in wanted}

    async def end_offsets(self, topics: Iterable[str]) -> dict[tuple[str, int], int]:
        """The next offset of each partition of the topics that exist: (topic, partition) to offset."""
        wanted = frozenset(topics)
        return dict(await self._ask(lambda admin: _ends(admin, wanted)))

    async def leave(self, group: str, member: str) -> None:
        """Take a static member out of its group at once; its partitions need not wait for the end of its session."""
        await self._ask(lambda admin: admin.remove_group_members(group, [_static(member)]))

    async def close(self) -> None:
        """Disconnect."""
        admin, self._admin = self._admin, None
        if admin is not None:
            await asyncio.to_thread(admin.close)

    async def _ask(self, question: Callable[[Any], Found]) -> Found:
        async with self._lock:
            try:
                return await asyncio.to_thread(self._asked, question)
            except Exception:
                await self.close()
                raise

    def _asked(self, question: Callable[[Any], Found]) -> Found:
        if self._admin is None:
            self._admin = kafka_admin(self._settings)
        return question(self._admin)


def _describe_all(admin: Any) -> dict[str, Mapping[str, Any]]:
    topics = admin.describe_topics()
    return {str(topic["name"]): topic for topic in topics if not topic.get("error_code")}


def _ends(admin: Any, topics: frozenset[str]) -> dict[tuple[str, int], int]:
    described = _describe_all(admin)
    places = {
        TopicPartition(name, partition["partition_index"]): LATEST
        for name in topics & described.keys()
        for partition in described[name]["partitions"]
    }
    found = admin.list_partition_offsets(places) if places else {}
    return {(place.topic, place.partition): int(offset.offset) for place, offset in found.items()}


def _static(member: str) -> Any:
    return MemberToRemove(group_instance_id=member)
