"""Topics, users and rights on a Kafka broker, brought to what is said here, however often it is said.

After a broker was emptied the same calls make everything again; users without their passwords, from what SCRAM stores.
"""

import hashlib
import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from libs.plumbing.embedded.kafka_admin import Admin, quiet_import

with quiet_import():
    from kafka.admin import (
        ACL,
        ACLFilter,
        ACLOperation,
        ACLPermissionType,
        ACLResourcePatternType,
        ConfigResource,
        ConfigResourceType,
        ResourcePattern,
        ResourcePatternFilter,
        ResourceType,
        ScramMechanism,
        UserScramCredentialUpsertion,
    )
    from kafka.errors import KafkaError

_MECHANISM = ScramMechanism.SCRAM_SHA_256
_ITERATIONS = 4096


@dataclass(frozen=True)
class TopicSpec:
    """A topic as it shall be. Partitions are only ever added: taking one away would break the order by key."""

    name: str
    partitions: int
    config: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Grant:
    """Rights on one resource or, `prefixed`, on all whose name begins so.

    `resource_type` and `operations` as Kafka names them: TOPIC, GROUP, CLUSTER …; READ, WRITE, DESCRIBE, CREATE …
    """

    resource_type: str
    name: str
    prefixed: bool
    operations: tuple[str, ...]


@dataclass(frozen=True)
class ScramSecret:
    """What lets a user in without knowing the password: as good as the password, so keep it as one."""

    salt: bytes = field(repr=False)
    salted_password: bytes = field(repr=False)
    iterations: int = _ITERATIONS


def scram_secret(password: str) -> ScramSecret:
    """Salt a password for SCRAM-SHA-256 (RFC 5802, `Hi`)."""
    salt = os.urandom(24)
    return ScramSecret(salt, hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ITERATIONS))


def ensure_topics(admin: Admin, specs: Sequence[TopicSpec]) -> list[str]:
    """Make what is missing, add partitions, set differing configuration. Answers the names that were made."""
    known = {topic["name"]: len(topic["partitions"]) for topic in admin.describe_topics()}
    missing = [spec for spec in specs if spec.name not in known]
    if missing:
        admin.create_topics(
            {
                spec.name: {"num_partitions": spec.partitions, "configs": dict(spec.config)}
                for spec in missing
            },
            wait_for_metadata=True,
        )
    there = [spec for spec in specs if spec.name in known]
    narrow = {spec.name: spec.partitions for spec in there if spec.partitions > known[spec.name]}
    if narrow:
        admin.create_partitions(narrow)
    _ensure_configs(admin, there)
    return [spec.name for spec in missing]


def ensure_user(admin: Admin, name: str, credential: str | ScramSecret) -> None:
    """Let `name` in with this password, or with what `scram_secret` made of it earlier."""
    secret = scram_secret(credential) if isinstance(credential, str) else credential
    wish = UserScramCredentialUpsertion(name, _MECHANISM, "", iterations=secret.iterations, salt=secret.salt)
    wish.salted_password = secret.salted_password  # the class salts a password; ours is salted already
    for error in admin.alter_user_scram_credentials([wish]).values():
        if error:
            raise KafkaError(f"user {name} was refused: {error}")


def ensure_acls(admin: Admin, user: str, grants: Iterable[Grant]) -> None:
    """Give `user` exactly these rights: add what is missing, take what is too much."""
    wanted = {acl for grant in grants for acl in _acls(user, grant)}
    given = set(_given(admin, user))
    if wanted - given:
        failed = admin.create_acls(list(wanted - given))["failed"]
        if failed:
            raise failed[0](f"rights of {user} were refused")
    if given - wanted:
        admin.delete_acls([_exactly(acl) for acl in given - wanted])


def remove_user(admin: Admin, name: str) -> None:
    """Shut the user out for good: no rights, and a password that nobody knows.

    Not deleted: Kafka 4.3.1, started again after a SCRAM user was deleted, has lost the other users with it (run).
    """
    ensure_acls(admin, name, ())
    ensure_user(admin, name, secrets.token_hex(32))


def _ensure_configs(admin: Admin, specs: Iterable[TopicSpec]) -> None:
    wishes = {spec.name: dict(spec.config) for spec in specs if spec.config}
    if not wishes:
        return
    asked = [ConfigResource(ConfigResourceType.TOPIC, name, configs=wish) for name, wish in wishes.items()]
    found = admin.describe_configs(asked, config_filter="all")["topic"]
    differing = [
        ConfigResource(ConfigResourceType.TOPIC, name, configs=wish)
        for name, wish in wishes.items()
        if any(found[name][key]["value"] != value for key, value in wish.items())
    ]
    if differing:
        admin.alter_configs(differing)


def _acls(user: str, grant: Grant) -> list[ACL]:
    kind = ACLResourcePatternType.PREFIXED if grant.prefixed else ACLResourcePatternType.LITERAL
    resource = ResourcePattern(ResourceType[grant.resource_type], grant.name, kind)
    return [
        ACL(f"User:{user}", "*", ACLOperation[operation], ACLPermissionType.ALLOW, resource)
        for operation in grant.operations
    ]


def _given(admin: Admin, user: str) -> list[ACL]:
    everything = ResourcePatternFilter(ResourceType.ANY, None, ACLResourcePatternType.ANY)
    asked = ACLFilter(f"User:{user}", None, ACLOperation.ANY, ACLPermissionType.ANY, everything)
    found: list[ACL] = admin.describe_acls(asked)[0]
    return found


def _exactly(acl: ACL) -> ACLFilter:
    pattern = acl.resource_pattern
    resource = ResourcePatternFilter(pattern.resource_type, pattern.resource_name, pattern.pattern_type)
    return ACLFilter(acl.principal, acl.host, acl.operation, acl.permission_type, resource)
