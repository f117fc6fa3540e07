"""Kafka clients from the settings: aiokafka for what carries records, kafka-python for administration."""

import asyncio
import ssl
from collections.abc import Mapping, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.conn import create_conn
from aiokafka.errors import (
    AuthenticationFailedError,
    KafkaConnectionError,
    KafkaError,
    SaslAuthenticationFailed,
)

from libs.plumbing.ends import RefusedToStartError
from libs.plumbing.settings import Settings

MECHANISM = "SCRAM-SHA-256"
Headers = Sequence[tuple[str, bytes]]


class KafkaRefusedError(RefusedToStartError):
    """The broker answers and refuses our user; the message is one plain line."""


def kafka_producer(settings: Settings, **more: Any) -> AIOKafkaProducer:
    """A producer that loses and repeats nothing it acknowledged: acks=all, idempotent, not compressed."""
    options: dict[str, Any] = {
        "acks": "all",
        "enable_idempotence": True,
        "linger_ms": 2,
        "max_batch_size": 256 * 1024,
        "max_request_size": 4 * 1024 * 1024,
        "request_timeout_ms": 10_000,
    }
    return AIOKafkaProducer(**_connection(settings), **(options | more))


def kafka_consumer(
    settings: Settings, *topics: str, group: str | None = None, **more: Any
) -> AIOKafkaConsumer:
    """A consumer from the earliest record on that commits only when told."""
    options: dict[str, Any] = {
        "group_id": group,
        "enable_auto_commit": False,
        "auto_offset_reset": "earliest",
        "session_timeout_ms": 10_000,
        "heartbeat_interval_ms": 3_000,
        "fetch_max_wait_ms": 500,
    }
    return AIOKafkaConsumer(*topics, **_connection(settings), **(options | more))


async def check_kafka(settings: Settings) -> None:
    """Connect once. `KafkaRefusedError` for a wrong user or password; `KafkaConnectionError` when away.

    The clients themselves show a wrong password only as a time-out.
    """
    host, _, port = settings.kafka_bootstrap.split(",")[0].strip().rpartition(":")
    told = {name: value for name, value in _connection(settings).items() if name != "bootstrap_servers"}
    try:
        connection = await create_conn(host, int(port), request_timeout_ms=5000, **told)
    except (AuthenticationFailedError, SaslAuthenticationFailed):
        raise KafkaRefusedError(
            f"Kafka at {settings.kafka_bootstrap} refuses user {settings.kafka_user!r}: "
            "wrong password, or no such user (kafka_user, file kafka_password)"
        ) from None
    except (OSError, TimeoutError) as error:
        raise KafkaConnectionError(f"{settings.kafka_bootstrap}: {type(error).__name__}") from None
    connection.close()


class Publisher:
    """Sends records; `send` waits for the broker's acknowledgement, `put` collects and `flush` waits for all.

    Several tasks may share it: `flush` waits for, and raises for, what its own task has put, and nobody else's.
    """

    def __init__(self, settings: Settings, **more: Any) -> None:
        self._settings = settings
        self._more = more
        self._producer: AIOKafkaProducer | None = None
        self._connecting = asyncio.Lock()
        self._waiting: dict[asyncio.Task[Any] | None, list[asyncio.Future[Any]]] = {}

    async def start(self) -> None:
        """Connect; raises `KafkaError` when the broker is away."""
        producer = kafka_producer(self._settings, **self._more)
        try:
            await producer.start()
        except (KafkaError, asyncio.CancelledError):
            await producer.stop()
            raise
        self._producer = producer

    async def stop(self) -> None:
        """Send what is waiting and disconnect."""
        if self._producer:
            producer, self._producer = self._producer, None
            await producer.stop()

    async def send(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> Any:
        """Send one and wait until all replicas have it; returns topic, partition, offset."""
        sent = await self._started(await self._connected(), topic, key, value, headers)
        return await sent

    async def put(self, topic: str, key: bytes | None, value: bytes, headers: Headers = ()) -> None:
        """Queue one; nothing is promised before `flush` returns."""
        sent = await self._started(await self._connected(), topic, key, value, headers)
        self._waiting.setdefault(asyncio.current_task(), []).append(sent)

    async def flush(self) -> None:
        """Wait for everything this task put; raises the first error, after which all of it has to be put again."""
        waiting = self._waiting.pop(asyncio.current_task(), [])
        results = await asyncio.gather(*waiting, return_exceptions=True)
        for result in results:
            if isinstance(result, BaseException):
                raise result

    async def _connected(self) -> AIOKafkaProducer:
        # Tasks that send at the same time must not open a producer each: only one of them would be closed.
        if self._producer is None:
            async with self._connecting:
                if self._producer is None:
                    await self.start()
        return self._producer

    @staticmethod
    async def _started(
        producer: AIOKafkaProducer, topic: str, key: bytes | None, value: bytes, headers: Headers
    ) -> "asyncio.Future[Any]":
        future: asyncio.Future[Any] = await producer.send(topic, value=value, key=key, headers=list(headers))
        return future


def tls(settings: Settings) -> ssl.SSLContext | None:
    """The TLS context for SASL_SSL, None for the others."""
    if settings.kafka_security != "SASL_SSL":
        return None
    return ssl.create_default_context(cafile=settings.kafka_ca_file)


def sasl(settings: Settings) -> Mapping[str, str]:
    """User and password for the SASL kinds, empty for PLAINTEXT; `KafkaRefusedError` when they are missing."""
    if settings.kafka_security == "PLAINTEXT":
        return {}
    if not settings.kafka_user or settings.kafka_password is None:
        raise KafkaRefusedError(
            f"BANJIE_KAFKA_USER and the file kafka_password are needed for {settings.kafka_security}"
        )
    return {"username": settings.kafka_user, "password": settings.kafka_password.get_secret_value().strip()}


def _connection(settings: Settings) -> dict[str, Any]:
    found: dict[str, Any] = {
        "bootstrap_servers": settings.kafka_bootstrap,
        "client_id": f"banjie-{settings.service}",
        "security_protocol": settings.kafka_security,
    }
    credentials = sasl(settings)
    if credentials:
        found |= {
            "sasl_mechanism": MECHANISM,
            "sasl_plain_username": credentials["username"],
            "sasl_plain_password": credentials["password"],
            "ssl_context": tls(settings),
        }
    return found
