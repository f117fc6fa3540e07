"""Every service by name, imported only when it is run: `banjie run triage` loads nothing of the others."""

from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:  # who only wants the names, as the supervisor does, need not load a web server
    from libs.plumbing.runner import Service
    from libs.plumbing.settings import Settings

Compose: TypeAlias = "Callable[[Settings], Service]"

ROOTS = {
    "intake": "services.intake.app:INTAKE",
    "triage": "services.triage.app:TRIAGE",
    "dispatch": "services.dispatch.app:DISPATCH",
    "closure": "services.closure.app:CLOSURE",
    "records": "services.records.app:RECORDS",
    "sla": "services.sla.app:SLA",
    "relay": "services.relay.app:compose",
}
WITH_API = ("intake", "triage", "dispatch", "closure", "records", "sla")
"""Behind the gateway, each at `/<name>`."""
WORKERS = ("intake", "triage", "dispatch", "closure", "sla", "records", "relay")
"""A process of its own each."""


def compose_of(name: str) -> Compose:
    """The composition root of a service."""
    module, _, attribute = ROOTS[name].partition(":")
    compose: Compose = getattr(import_module(module), attribute)
    return compose
