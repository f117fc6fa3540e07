"""Structured logs: one JSON line an event on stderr, without personal data."""

import logging
import sys
from collections.abc import MutableMapping
from time import monotonic
from typing import Any, cast

import structlog
from structlog.contextvars import bind_contextvars, merge_contextvars
from structlog.typing import FilteringBoundLogger, Processor

PERSONAL = frozenset(
    (
        *("text", "words", "note", "notes", "photo", "photos", "evidence", "original", "body"),
        *("contact", "phone", "mobile", "email", "name", "id_card"),
        *("address", "point", "location", "lat", "lon", "lng", "latitude", "longitude"),
        *("token", "authorization", "password", "secret"),
    )
)
DROPPED = "dropped"
SELDOM_S = 5.0


def logger(name: str) -> FilteringBoundLogger:
    """A logger that names its module."""
    return cast(FilteringBoundLogger, structlog.get_logger(module=name.removeprefix("libs.plumbing.")))


def drop_personal(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Take out fields with a personal name, at any depth; `dropped` tells which were there."""
    dropped = sorted(_cleaned(event))
    if dropped:
        event[DROPPED] = dropped
    return event


def _cleaned(fields: MutableMapping[str, Any]) -> set[str]:
    dropped = {name for name in fields if name.lower() in PERSONAL}
    for name in dropped:
        del fields[name]
    for name, value in fields.items():
        if isinstance(value, (dict, list, tuple)):
            fields[name] = _copied(value, dropped)
    return dropped


def _copied(value: Any, dropped: set[str]) -> Any:
    if isinstance(value, dict):
        inner = {str(name): item for name, item in value.items()}
        dropped |= _cleaned(inner)
        return inner
    if isinstance(value, (list, tuple)):
        return [_copied(item, dropped) for item in value]
    return value


def set_up_logs(service: str, level: str = "info", console: bool = False) -> None:
    """Send all logs, ours and the libraries' (from warning on), to stderr in one form."""
    shared: list[Processor] = [
        merge_contextvars,
        structlog.processors.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _error_without_values,
        drop_personal,
    ]
    rendering: Processor = structlog.processors.JSONRenderer(ensure_ascii=False)
    if console:
        rendering = structlog.dev.ConsoleRenderer()
    structlog.configure(
        processors=[*shared, rendering],
        wrapper_class=structlog.make_filtering_bound_logger(logging.getLevelName(level.upper())),
        logger_factory=structlog.PrintLoggerFactory(file=sys.stderr),
        cache_logger_on_first_use=False,
    )
    _take_over_stdlib(shared, rendering)
    bind_contextvars(service=service)


def _take_over_stdlib(shared: list[Processor], rendering: Processor) -> None:
    handler = logging.StreamHandler(sys.stderr)
    handler.addFilter(Seldom())
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=[structlog.stdlib.add_logger_name, *shared],
            processors=[structlog.stdlib.ProcessorFormatter.remove_processors_meta, rendering],
        )
    )
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(logging.WARNING)
    for name in ("uvicorn", "uvicorn.error", "uvicorn.access", "faust", "mode", "aiokafka", "kafka"):
        library = logging.getLogger(name)
        library.handlers.clear()
        library.propagate = True
        library.setLevel(logging.WARNING)
    # It warns at every connection of SASL without TLS, which is what 127.0.0.1 has.
    logging.getLogger("kafka.net.sasl").setLevel(logging.ERROR)


class Seldom(logging.Filter):
    """Lets the same complaint of a Kafka client through once in five seconds: without its broker it makes hundreds a second."""

    def __init__(self) -> None:
        super().__init__()
        self._said: dict[tuple[str, str], float] = {}

    def filter(self, record: logging.LogRecord) -> bool:
        """Whether the record may pass."""
        if not record.name.startswith(("kafka", "aiokafka")):
            return True
        now, complaint = monotonic(), (record.name, str(record.msg))
        self._said = {each: at for each, at in self._said.items() if now - at < SELDOM_S}
        return self._said.setdefault(complaint, now) == now


def _error_without_values(_: Any, __: str, event: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
    """Replace a traceback by the error's type and places: its message and locals may quote a person."""
    error = event.pop("exc_info", None)
    if error is True:
        error = sys.exc_info()
    found = error[1] if isinstance(error, tuple) else error
    if isinstance(found, BaseException):
        event["error"] = type(found).__name__
        event["places"] = _places(found)
    return event


def _places(error: BaseException) -> list[str]:
    places, step = [], error.__traceback__
    while step:
        code = step.tb_frame.f_code
        places.append(f"{code.co_filename.rpartition('/')[2]}:{step.tb_lineno} {code.co_name}")
        step = step.tb_next
    return places[-12:]
