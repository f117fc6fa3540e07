"""Everybody in the stories: a signed key for each person, a publisher for each system."""

from collections.abc import Mapping
from uuid import uuid4

from pydantic import SecretStr

from cli.demo.following import AUDITOR
from cli.demo.script import Person, Script, System
from cli.doors import register, registered
from cli.home import Home
from cli.operator import HOUR_US
from cli.provision_kafka import kafka_user
from libs.casework.vocabulary import Role
from libs.plumbing.clock import now_us
from libs.plumbing.principals import Principal
from libs.plumbing.security import sign
from libs.plumbing.settings import Settings
from libs.stages.publishers import Publisher


def keys_of(home: Home, script: Script) -> dict[str, str]:
    """A key for an hour for everybody who has a role, and for who follows the cases. They are shown to nobody."""
    offices = {person.office for person in script.people.values() if person.roles}
    auditor = Person(zh="审计员", en="auditor", roles=frozenset({Role.AUDITOR}), office=min(offices))
    acting = {name: person for name, person in script.people.items() if person.roles}
    return {name: _key(home, name, person) for name, person in (acting | {AUDITOR: auditor}).items()}


def let_in(home: Home, script: Script) -> None:
    """Register the systems that are not registered yet. MongoDB and Kafka must be up."""
    known = {each["name"] for each in registered(home)}
    for system in script.systems.values():
        if system.name not in known:
            register(home, _publisher(system), _password(home, system))


def settings_of(home: Home, script: Script) -> Mapping[str, Settings]:
    """How each system reaches the broker, with its own user and nobody else's."""
    reach = home.reach()
    return {
        name: Settings(
            service=system.name,
            kafka_bootstrap=reach.kafka_bootstrap,
            kafka_user=kafka_user(system.name),
            kafka_password=SecretStr(_password(home, system)),
        )
        for name, system in script.systems.items()
    }


def _key(home: Home, name: str, person: Person) -> str:
    roles = frozenset(str(role) for role in person.roles)
    now = now_us()
    who = f"demo-{name.replace('_', '-')}"
    principal = Principal(who, roles, person.office, person.unit, person.grids, expires=now + HOUR_US)
    return sign(principal, home.signing_key, now, f"demo-{uuid4()}")


def _publisher(system: System) -> Publisher:
    told = system.model_dump(exclude={"zh", "en"})
    return Publisher(**told)


def _password(home: Home, system: System) -> str:
    # Kept with the installation's secrets: these systems live in it, and the next demo is they again.
    return home.data.secret(f"publisher-{system.name}")
