"""What a stage service reaches: the case store, the content vault, Kafka, the publishers. Opened once a process."""

import base64
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass

from pymongo.asynchronous.database import AsyncDatabase

from libs.casestore.content import ContentVault
from libs.casestore.photos import PhotoStore
from libs.casestore.store import CaseStore
from libs.casework.vocabulary import Service
from libs.plumbing.clock import now_us
from libs.plumbing.kafka import Publisher as KafkaPublisher
from libs.plumbing.mongo import Document, mongo_client
from libs.plumbing.rejections import Rejections
from libs.plumbing.settings import Settings, SettingsError
from libs.stages.publishers import COLLECTION, Publishers


@dataclass(frozen=True, slots=True)
class Ports:
    """Everything outside that a stage service may touch. Endpoints and handlers receive it, nobody looks it up."""

    service: Service
    settings: Settings
    database: AsyncDatabase[Document]
    store: CaseStore
    vault: ContentVault
    photos: PhotoStore
    publishers: Publishers
    kafka: KafkaPublisher
    rejections: Rejections
    clock: Callable[[], int]


@asynccontextmanager
async def open_ports(service: Service, settings: Settings) -> AsyncIterator[Ports]:
    """Open them; on leaving, write what waits and disconnect. Kafka is reached at the first record sent."""
    async with mongo_client(settings) as client:
        database = client[settings.mongo_database]
        vault = ContentVault(database, master_key(settings))
        store = CaseStore(database, clock=now_us)
        kafka = KafkaPublisher(settings)
        await store.start()
        try:
            yield Ports(
                service,
                settings,
                database,
                store,
                vault,
                PhotoStore(database, vault),
                Publishers(database[COLLECTION]),
                kafka,
                Rejections(service, kafka),
                now_us,
            )
        finally:
            await store.stop()
            await kafka.stop()


def master_key(settings: Settings) -> bytes:
    """The key that wraps every case's key: 32 bytes."""
    if settings.master_key is None:
        raise SettingsError("master_key is missing: 32 bytes in base64, as a file in BANJIE_SECRETS_DIR")
    return base64.b64decode(settings.master_key.get_secret_value().strip())
