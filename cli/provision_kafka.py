"""What the broker must hold: topics, users, rights. Made again, publishers included, when the broker was emptied."""

import asyncio
from collections.abc import Iterable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from cli.catalog import WORKERS
from cli.home import service_secret
from libs.casework.topics import (
    CASES,
    DOOR_OWNER,
    FOLLOWS,
    LISTENS,
    PARTITIONS,
    REJECTED,
    VOICES,
    door_prefix,
    outcomes,
)
from libs.casework.vocabulary import Service
from libs.plumbing.embedded.provision import (
    Grant,
    ScramSecret,
    TopicSpec,
    ensure_acls,
    ensure_topics,
    ensure_user,
)
from libs.plumbing.mongo import mongo_client
from libs.plumbing.settings import Settings
from libs.plumbing.topics import kafka_admin
from libs.stages.publishers import COLLECTION, Publisher, publisher_from

MONTH_MS = str(30 * 24 * 3600 * 1000)
MIB = 1024 * 1024
READ, WRITE = ("READ", "DESCRIBE"), ("WRITE", "DESCRIBE")
OUTCOMES = outcomes("")
_KEEP = {"retention.ms": MONTH_MS, "max.message.bytes": str(MIB)}
# A rejection holds the original in base64 and says why.
_KEEP_LARGE = {"retention.ms": MONTH_MS, "max.message.bytes": str(4 * MIB)}


def fixed_topics() -> list[TopicSpec]:
    """The topics that belong to no publisher."""
    carried = [TopicSpec(name, PARTITIONS, _KEEP) for name in (CASES, *VOICES)]
    return carried + [TopicSpec(f"banjie.{service}{REJECTED}", 1, _KEEP_LARGE) for service in WORKERS]


def publisher_topics(publisher: Publisher) -> list[TopicSpec]:
    """A publisher's doors, their rejection topics, and its outcomes."""
    doors = publisher.topics()
    inbound = [TopicSpec(name, PARTITIONS, _KEEP) for name in doors]
    rejected = [TopicSpec(name + REJECTED, 1, _KEEP_LARGE) for name in doors]
    return [*inbound, *rejected, TopicSpec(outcomes(publisher.name), 1, _KEEP)]


def service_grants(service: str) -> list[Grant]:
    """What a service's broker user may do."""
    if service == "relay":
        written = [CASES, *VOICES, f"banjie.relay{REJECTED}"]
        return [Grant("TOPIC", name, False, WRITE) for name in written]
    heard = (*LISTENS.get(Service(service), ()), *FOLLOWS.get(Service(service), ()))
    read = [Grant("TOPIC", name, False, READ) for name in heard]
    doors = [door_prefix(kind) for kind, owner in DOOR_OWNER.items() if owner == service]
    inbound = [Grant("TOPIC", prefix, True, ("READ", "WRITE", "DESCRIBE")) for prefix in doors]
    told = [Grant("TOPIC", OUTCOMES, True, WRITE)] if doors else []
    rejected = Grant("TOPIC", f"banjie.{service}{REJECTED}", False, WRITE)
    return [*read, *inbound, *told, rejected, Grant("GROUP", service, True, READ)]


def publisher_grants(publisher: Publisher) -> list[Grant]:
    """Its own topics and nobody else's; `banjie.cases` when it may follow cases."""
    doors = publisher.topics()
    own = [Grant("TOPIC", name, False, WRITE) for name in doors]
    told = [*(name + REJECTED for name in doors), outcomes(publisher.name)]
    readable = [*told, CASES] if publisher.reads_cases else told
    read = [Grant("TOPIC", name, False, READ) for name in readable]
    return [*own, *read, Grant("GROUP", kafka_user(publisher.name), True, READ)]


def kafka_user(publisher: str) -> str:
    """The broker user of a publisher; apart from the services' own."""
    return f"publisher-{publisher}"


async def provision_kafka(settings: Settings, secrets: Path) -> None:
    """Bring the broker to what this version and its publishers need; again and again without harm.

    `settings` name the administrators' users; each service's password is in its folder of `secrets`.
    """
    async with mongo_client(settings) as client:
        documents = [each async for each in client[settings.mongo_database][COLLECTION].find()]
    await asyncio.to_thread(_provision, settings, secrets, documents)


def _provision(settings: Settings, secrets: Path, publishers: Iterable[Mapping[str, Any]]) -> None:
    with closing(kafka_admin(settings)) as admin:
        ensure_topics(admin, fixed_topics())
        for service in WORKERS:
            ensure_user(admin, service, service_secret(secrets, service, "kafka_password"))
            ensure_acls(admin, service, service_grants(service))
        for document in publishers:
            open_doors(admin, publisher_from(document), scram_from(document))


def open_doors(admin: Any, publisher: Publisher, secret: ScramSecret) -> None:
    """Make a publisher's topics, user and rights."""
    ensure_topics(admin, publisher_topics(publisher))
    ensure_user(admin, kafka_user(publisher.name), secret)
    ensure_acls(admin, kafka_user(publisher.name), publisher_grants(publisher))


def scram_from(document: Mapping[str, Any]) -> ScramSecret:
    """What lets a publisher in, as its document keeps it: the password itself is kept nowhere."""
    kept = document["scram"]
    return ScramSecret(bytes(kept["salt"]), bytes(kept["salted_password"]), kept["iterations"])


def scram_document(secret: ScramSecret) -> dict[str, Any]:
    """For the publisher's document."""
    return {
        "salt": secret.salt,
        "salted_password": secret.salted_password,
        "iterations": secret.iterations,
    }
