"""The real servers under the supervisor: what they must survive."""

import socketserver
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from kafka import KafkaConsumer, KafkaProducer, TopicPartition
from pymongo import MongoClient

from libs.plumbing.embedded.errors import EmbeddedError
from libs.plumbing.embedded.kafka_admin import open_admin
from libs.plumbing.embedded.mongod import ensure_user
from libs.plumbing.embedded.provision import TopicSpec, ensure_topics
from libs.plumbing.embedded.running import RunningServers, running_servers


def _login(servers: RunningServers) -> dict[str, str]:
    return {
        "bootstrap_servers": servers.kafka_bootstrap,
        "security_protocol": "SASL_PLAINTEXT",
        "sasl_mechanism": "SCRAM-SHA-256",
        "sasl_plain_username": servers.kafka_user,
        "sasl_plain_password": servers.kafka_password,
    }


def _admin(servers: RunningServers):
    return open_admin(servers.kafka_bootstrap, servers.kafka_user, servers.kafka_password)


@pytest.fixture(scope="module")
def embedded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningServers]:
    with running_servers(tmp_path_factory.mktemp("data")) as running:
        yield running


@contextmanager
def _somebody_on(port: int) -> Iterator[None]:
    """Another program that listens there and hangs up on everybody."""

    class Stranger(socketserver.TCPServer):
        allow_reuse_address = True

    with Stranger(("127.0.0.1", port), socketserver.BaseRequestHandler) as stranger:
        threading.Thread(target=stranger.serve_forever, args=(0.05,), daemon=True).start()
        yield
        stranger.shutdown()


def _say(servers: RunningServers, topic: str, word: bytes) -> None:
    producer = KafkaProducer(**_login(servers))
    producer.send(topic, word).get(10)
    producer.close()


def _heard(servers: RunningServers, topic: str) -> list[bytes]:
    consumer = KafkaConsumer(**_login(servers), auto_offset_reset="earliest", enable_auto_commit=False)
    consumer.assign([TopicPartition(topic, 0)])
    batches = consumer.poll(timeout_ms=5000)
    consumer.close()
    return [record.value for batch in batches.values() for record in batch]


def test_data_outlives_kill_9_and_a_second_start(tmp_path: Path) -> None:
    with running_servers(tmp_path) as servers:
        with MongoClient(servers.mongo_uri) as client:
            client.tried.things.insert_one({"_id": 1})
        with _admin(servers) as admin:
            ensure_topics(admin, [TopicSpec("tried", 1)])
        _say(servers, "tried", b"kept")
        servers.kill("mongod")
        servers.restart("kafka")
        servers.wait_up()
        assert _heard(servers, "tried") == [b"kept"]
    with running_servers(tmp_path) as servers, MongoClient(servers.mongo_uri) as client:
        assert client.tried.things.find_one() == {"_id": 1}
        assert _heard(servers, "tried") == [b"kept"]


def test_a_broker_whose_data_was_deleted_is_made_anew(own_servers: RunningServers) -> None:
    with _admin(own_servers) as admin:
        ensure_topics(admin, [TopicSpec("lost", 1)])
    own_servers.empty_kafka()
    with _admin(own_servers) as admin:
        assert admin.list_topics() == []


def test_a_second_supervisor_on_the_same_folder_is_refused(embedded: RunningServers) -> None:
    refused = pytest.raises(EmbeddedError, match=r"already running on .* \(pid \d+\)")
    with refused, running_servers(embedded.data.root):
        pass


def test_servers_move_when_their_ports_are_taken(tmp_path: Path) -> None:
    with running_servers(tmp_path) as before, MongoClient(before.mongo_uri) as client:
        client.tried.things.insert_one({"_id": 1})
    with (
        _somebody_on(before.mongo_port),
        _somebody_on(before.kafka_port),
        running_servers(tmp_path) as servers,
    ):
        assert servers.mongo_port != before.mongo_port
        assert servers.kafka_port != before.kafka_port
        with MongoClient(servers.mongo_uri) as client:
            assert client.tried.things.find_one() == {"_id": 1}


def test_servers_stop_within_ten_seconds_even_when_frozen(tmp_path: Path) -> None:
    with running_servers(tmp_path) as servers:
        pids = [servers.pid(name) for name in ("mongod", "kafka")]
        for name in ("mongod", "kafka"):
            servers.freeze(name)
        began = time.monotonic()
    assert time.monotonic() - began < 10
    assert not [pid for pid in pids if Path(f"/proc/{pid}").exists()]


def test_nobody_gets_in_without_a_password(embedded: RunningServers) -> None:
    with (
        MongoClient(embedded.mongo_address) as client,
        pytest.raises(Exception, match="requires authentication"),
    ):
        client.tried.things.find_one()


def test_a_database_user_has_its_rights_and_no_more(embedded: RunningServers) -> None:
    things = {"resource": {"db": "tried", "collection": "things"}, "actions": ["find"]}
    others = {"resource": {"db": "tried", "collection": "others"}, "actions": ["find"]}
    reading = embedded.mongo_uri_for("reader", "secret")
    with MongoClient(embedded.mongo_uri) as admin:
        ensure_user(admin, "reader", "other", [others])
        ensure_user(admin, "reader", "secret", [things])
    with MongoClient(reading) as reader:
        assert reader.tried.things.find_one({"_id": "none"}) is None
        with pytest.raises(Exception, match="not authorized"):
            reader.tried.others.find_one()
        with pytest.raises(Exception, match="not authorized"):
            reader.tried.things.insert_one({})


def test_no_password_stands_on_a_command_line(embedded: RunningServers) -> None:
    for name in ("mongod", "kafka"):
        line = Path(f"/proc/{embedded.pid(name)}/cmdline").read_text()
        assert embedded.mongo_password not in line
        assert embedded.kafka_password not in line


def test_secrets_can_be_read_by_their_owner_only(embedded: RunningServers) -> None:
    modes = {file.name: oct(file.stat().st_mode & 0o777) for file in embedded.data.secrets.iterdir()}
    assert set(modes.values()) == {"0o600"}
    assert {"mongo-admin", "mongo-key", "kafka-admin"} <= set(modes)
