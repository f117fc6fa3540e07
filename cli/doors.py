"""Other systems: registering one with its user, topics and rights, and shutting it out again."""

import secrets
import time
from typing import Any

from pydantic import SecretStr

from cli.console import FailedError
from cli.operator import broker, registry_of
from cli.provision_kafka import kafka_user, open_doors, scram_document
from cli.site import Site
from libs.plumbing.clock import now_us
from libs.plumbing.embedded.kafka_admin import quiet_import
from libs.plumbing.embedded.provision import remove_user, scram_secret
from libs.plumbing.settings import Settings
from libs.plumbing.topics import kafka_admin
from libs.stages.publishers import COLLECTION, Publisher, publisher_document, publisher_from

with quiet_import():
    from kafka.errors import KafkaError

Document = dict[str, Any]
LET_IN_WITHIN_S = 15.0


def register(where: Site, publisher: Publisher, password: str | None = None) -> str:
    """Let a system in; the password, which is kept nowhere. `FailedError` when the name is taken."""
    with registry_of(where, COLLECTION) as registered:
        if registered.find_one({"_id": publisher.name}):
            line = f"publisher {publisher.name} exists; --new-password gives it another password"
            raise FailedError(line)
        password = password or new_password()
        # The broker first: a worker that knows of a door waits for its topic.
        registered.insert_one(
            publisher_document(publisher) | {"made_at": now_us()} | _opened(where, publisher, password)
        )
    return password


def renew(where: Site, name: str) -> tuple[Publisher, str]:
    """Give a registered system another password; the old one is worth nothing from now on."""
    with registry_of(where, COLLECTION) as registered:
        found = registered.find_one({"_id": name})
        if found is None:
            raise _unknown(name)
        publisher, password = publisher_from(found), new_password()
        registered.update_one({"_id": name}, {"$set": _opened(where, publisher, password)})
    return publisher, password


def shut_out(where: Site, name: str) -> None:
    """Take the system's rights and its registration. Its topics stay: what it sent is part of the record."""
    with registry_of(where, COLLECTION) as registered, broker(where) as admin:
        if registered.find_one({"_id": name}) is None:
            raise _unknown(name)
        remove_user(admin, kafka_user(name))
        registered.delete_one({"_id": name})


def registered(where: Site) -> list[Document]:
    """Every publisher, without what lets it in."""
    with registry_of(where, COLLECTION) as collection:
        found = list(collection.find({}, {"scram": 0}).sort("_id"))
    return [{"name": document.pop("_id"), **document} for document in found]


def new_password() -> str:
    """192 bits, without a character that a shell or a properties file would trip over."""
    return secrets.token_hex(24)


def _opened(where: Site, publisher: Publisher, password: str) -> Document:
    secret = scram_secret(password)
    with broker(where) as admin:
        open_doors(admin, publisher, secret)
    _let_in(where.operator_settings(), publisher, password)
    return {"scram": scram_document(secret)}


def _let_in(settings: Settings, publisher: Publisher, password: str) -> None:
    """Return once the password opens the door: the broker knows of it a moment after its controller does."""
    told = {"kafka_user": kafka_user(publisher.name), "kafka_password": SecretStr(password)}
    end = time.monotonic() + LET_IN_WITHIN_S
    while True:
        try:
            kafka_admin(settings.model_copy(update=told)).close()
            return
        except KafkaError:
            if time.monotonic() > end:
                raise


def _unknown(name: str) -> FailedError:
    return FailedError(f"no publisher is called {name}")
