"""kafka-python's admin client, opened the one way that the embedded broker accepts."""

import logging
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeAlias


@contextmanager
def quiet_import() -> Iterator[None]:
    """Import from `kafka` under this: it reads its schemas by a call that Python has deprecated."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)
        yield


with quiet_import():
    from kafka.admin import KafkaAdminClient
    from kafka.errors import KafkaError

Admin: TypeAlias = KafkaAdminClient
"""An admin client; its calls block."""


@contextmanager
def open_admin(bootstrap: str, user: str, password: str, timeout_ms: int = 5000) -> Iterator[Admin]:
    """A connected admin client. A wrong password shows as a `KafkaError` only after `timeout_ms`."""
    admin = KafkaAdminClient(
        bootstrap_servers=bootstrap,
        security_protocol="SASL_PLAINTEXT",
        sasl_mechanism="SCRAM-SHA-256",
        sasl_plain_username=user,
        sasl_plain_password=password,
        bootstrap_timeout_ms=timeout_ms,
    )
    try:
        yield admin
    finally:
        admin.close()


def can_describe(bootstrap: str, user: str, password: str) -> bool:
    """Whether this user gets in and the broker describes its cluster."""
    try:
        with _silent_kafka(), open_admin(bootstrap, user, password, timeout_ms=2000) as admin:
            return bool(admin.describe_cluster()["brokers"])
    except KafkaError:
        return False


@contextmanager
def _silent_kafka() -> Iterator[None]:
    """It reports every refused connection while a broker starts."""
    logger = logging.getLogger("kafka")
    before = logger.level
    logger.setLevel(logging.CRITICAL + 1)
    try:
        yield
    finally:
        logger.setLevel(before)
