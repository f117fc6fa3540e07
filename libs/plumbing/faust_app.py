"""The Faust application of one worker: raw bytes in, no web server, no tables, no topics of its own making."""

import tempfile
from collections.abc import Iterable, Sequence
from hashlib import sha256

import faust
from faust.types.auth import SASLMechanism

from libs.plumbing.delivery import PromptConsumer
from libs.plumbing.kafka import MECHANISM, sasl, tls
from libs.plumbing.lane import Lane
from libs.plumbing.settings import Settings

DAY_S = 24 * 3600


def faust_app(group: str, settings: Settings, lanes: Sequence[tuple[Lane, tuple[str, ...]]]) -> faust.App:
    """An app of consumer group `group` with one agent a lane, listening to the lane's topics."""
    app = faust.App(
        group,
        broker=[f"kafka://{address.strip()}" for address in settings.kafka_bootstrap.split(",")],
        broker_credentials=_credentials(settings),
        broker_session_timeout=10.0,
        broker_heartbeat_interval=3.0,
        broker_commit_interval=0.5,
        # While MongoDB is away nothing is polled; that must not cost us the partitions.
        broker_max_poll_interval=DAY_S,
        consumer_auto_offset_reset="earliest",
        # A static member that died is back in its partitions at once; another waits until its session has run out.
        consumer_group_instance_id=member_of(
            group, settings, [name for _, topics in lanes for name in topics]
        ),
        # Waiting for unacknowledged records made stopping and rebalancing endless; they simply come again.
        stream_wait_empty=False,
        stream_recovery_delay=0.0,
        key_serializer="raw",
        value_serializer="raw",
        store="memory://",
        datadir=tempfile.gettempdir(),
        web_enabled=False,
        topic_disable_leader=True,
        topic_allow_declare=False,
        autodiscover=False,
    )
    app.transport.Consumer = PromptConsumer
    for number, (lane, topics) in enumerate(lanes):
        channel = app.topic(*topics, internal=True)
        app.agent(channel, name=f"{group}.{number}")(lane.agent)
    app.finalize()
    return app


def member_of(group: str, settings: Settings, topics: Iterable[str]) -> str:
    """The static member id: back within the session after a kill, the same member has its partitions at once.

    The topics are part of it: a member that comes back under its old id gets its old assignment, without a new topic.
    """
    digest = sha256("\n".join(sorted(topics)).encode()).hexdigest()[:12]
    return f"{group}.{settings.instance}.{digest}"


def _credentials(settings: Settings) -> faust.SASLCredentials | None:
    credentials = sasl(settings)
    if not credentials:
        return None
    return faust.SASLCredentials(
        username=credentials["username"],
        password=credentials["password"],
        mechanism=SASLMechanism(MECHANISM),
        ssl_context=tls(settings),
    )
