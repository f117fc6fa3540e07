"""Traces (W3C trace context) and metrics (Prometheus). No label ever holds personal data."""

import random
import re
from dataclasses import dataclass

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram
from prometheus_client.exposition import generate_latest

TRACEPARENT = re.compile(r"00-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})")
METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8"
SECONDS = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0)
SIZES = (1, 2, 5, 10, 20, 50, 100, 200, 500)

REGISTRY = CollectorRegistry()


@dataclass(frozen=True, slots=True)
class Trace:
    """One step of a trace: 32 and 16 hexadecimal digits."""

    trace_id: str
    span_id: str
    sampled: bool = True

    @property
    def traceparent(self) -> str:
        """The header that hands the trace on."""
        return f"00-{self.trace_id}-{self.span_id}-{'01' if self.sampled else '00'}"


def parse_traceparent(header: str | None) -> Trace | None:
    """The trace in a header, None when it is missing or breaks the standard."""
    match = TRACEPARENT.fullmatch(header.strip()) if header else None
    if match is None or set(match[1]) == {"0"} or set(match[2]) == {"0"}:
        return None
    return Trace(match[1], match[2], bool(int(match[3], 16) & 1))


def next_trace(incoming: str | None, trace_id: str | None = None, span_id: str | None = None) -> Trace:
    """Our own step: of the incoming trace if there is one, else of a new one. Ids as given, else random."""
    # Unique, not secret: the system's random source would cost a tenth of a request.
    before = parse_traceparent(incoming)
    span = span_id or f"{random.getrandbits(64) or 1:016x}"
    if before:
        return Trace(before.trace_id, span, before.sampled)
    return Trace(trace_id or f"{random.getrandbits(128) or 1:032x}", span)


def counter(name: str, text: str, *labels: str) -> Counter:
    """A counter `banjie_<name>_total`, labelled by service and what else is named. Call once, at import."""
    return Counter(f"banjie_{name}", text, ("service", *labels), registry=REGISTRY)


def gauge(name: str, text: str, *labels: str) -> Gauge:
    """A gauge `banjie_<name>`."""
    return Gauge(f"banjie_{name}", text, ("service", *labels), registry=REGISTRY)


def histogram(name: str, text: str, *labels: str, buckets: tuple[float, ...] = SECONDS) -> Histogram:
    """A histogram `banjie_<name>`; the default buckets are seconds."""
    return Histogram(f"banjie_{name}", text, ("service", *labels), registry=REGISTRY, buckets=buckets)


def metrics_page() -> bytes:
    """All metrics of this process in Prometheus' text form."""
    return generate_latest(REGISTRY)
