"""Command lines and configuration of the embedded servers."""

from pathlib import Path

from libs.plumbing.embedded.cache import Servers
from libs.plumbing.embedded.kafka import KafkaOptions, kafka_command, kafka_properties
from libs.plumbing.embedded.mongod import MongodOptions, mongo_uri, mongod_command
from libs.plumbing.embedded.pins import pinned

_SERVERS = Servers(Path("mongod"), Path("java"), "a.jar:b.jar")


def _properties() -> dict[str, str]:
    lines = kafka_properties(Path("/data/kafka"), 21000, 21001, "word").splitlines()
    return dict(line.split("=", 1) for line in lines if line and not line.startswith("#"))


def test_the_database_asks_for_users_and_listens_on_this_machine_only() -> None:
    line = mongod_command(Path("mongod"), Path("db"), Path("key"), 27000)
    assert "--auth" in line
    assert line[line.index("--bind_ip") + 1] == "127.0.0.1"
    assert "transactionLifetimeLimitSeconds=5" in line


def test_the_oplog_can_be_made_short() -> None:
    line = mongod_command(Path("mongod"), Path("db"), Path("key"), 27000, MongodOptions(oplog_mb=1))
    assert line[line.index("--oplogSize") + 1] == "1"


def test_every_listener_of_the_broker_asks_for_a_user_on_this_machine_only() -> None:
    found = _properties()
    assert found["listeners"] == "CLIENT://127.0.0.1:21000,CONTROLLER://127.0.0.1:21001"
    assert found["listener.security.protocol.map"] == "CLIENT:SASL_PLAINTEXT,CONTROLLER:SASL_PLAINTEXT"
    assert found["authorizer.class.name"].endswith("StandardAuthorizer")
    assert found["auto.create.topics.enable"] == "false"
    assert found["message.max.bytes"] == str(1 << 20)


def test_the_compiler_for_throughput_is_a_choice() -> None:
    quick = kafka_command(_SERVERS, Path("p"))
    thorough = kafka_command(_SERVERS, Path("p"), KafkaOptions(heap_mb=512, full_compiler=True))
    assert "-XX:TieredStopAtLevel=1" in quick
    assert "-XX:TieredStopAtLevel=1" not in thorough
    assert "-Xmx512m" in thorough


def test_an_address_names_its_user_only_when_there_is_one() -> None:
    assert mongo_uri(27000) == "mongodb://127.0.0.1:27000/?replicaSet=rs0"
    assert (
        mongo_uri(27000, "me", "word") == "mongodb://me:word@127.0.0.1:27000/?replicaSet=rs0&authSource=admin"
    )


def test_every_file_of_the_list_has_a_size_and_a_checksum() -> None:
    pins = pinned()
    digests = [*pins.mongodb.sha256, *pins.java.sha256, *(jar.sha256 for jar in pins.jars)]
    assert all(len(digest) == 64 for digest in digests)
    assert len(set(digests)) == len(digests)
    assert all(jar.size > 0 for jar in pins.jars)
