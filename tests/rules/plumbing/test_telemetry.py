"""Trace context and metrics."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libs.plumbing.telemetry import Trace, counter, metrics_page, next_trace, parse_traceparent

HEADER = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


def test_a_header_comes_back_as_it_was() -> None:
    trace = parse_traceparent(HEADER)
    assert trace is not None
    assert trace.traceparent == HEADER


@pytest.mark.parametrize(
    "header",
    [
        None,
        "",
        "x",
        HEADER.upper(),
        HEADER.replace("00-", "ff-", 1),
        HEADER[:-1],
        f"00-{'0' * 32}-b7ad6b7169203331-01",
        f"00-0af7651916cd43dd8448eb211c80319c-{'0' * 16}-01",
    ],
)
def test_a_header_that_breaks_the_standard_is_no_trace(header: str | None) -> None:
    assert parse_traceparent(header) is None


@given(st.text())
def test_no_header_makes_it_fall_over(header: str) -> None:
    parse_traceparent(header)


def test_our_step_belongs_to_the_incoming_trace() -> None:
    assert next_trace(HEADER, span_id="1" * 16) == Trace("0af7651916cd43dd8448eb211c80319c", "1" * 16)


def test_without_one_a_trace_begins() -> None:
    assert next_trace(None, "2" * 32, "1" * 16) == Trace("2" * 32, "1" * 16)
    assert next_trace(None) != next_trace(None)


def test_metrics_carry_the_service() -> None:
    counter("test_things", "Things of a test", "kind").labels("triage", "a").inc()
    assert b'banjie_test_things_total{kind="a",service="triage"} 1.0' in metrics_page()
