"""All of the bench in one run, on an installation of its own: `python -m bench.run [--json FILE] [--quick]`."""

import argparse
import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from bench.classifier import CLASSIFIER, classifier_figures
from bench.commands import commands
from bench.deadlines import deadlines_per_second
from bench.http_lives import http_lives
from bench.installation import Installation, an_installation
from bench.kafka_lives import Driver, Lives
from bench.monitor import MONITOR, monitor_figures
from bench.numbers import percentile
from bench.raw import bulk_events_per_second, producer_records_per_second

SCREEN = Console(stderr=True)
MEANINGS = {
    "lifecycles_per_second": "whole lifecycles through Kafka, all services running, until closed and published",
    "events_per_lifecycle": "events in the log of each of these cases",
    "http_lifecycles_per_second": "whole lifecycles with every human step over HTTP",
    "commands_per_second": "single HTTP commands, 64 clients",
    "command_p50_ms": "… one command, median",
    "command_p99_ms": "… one command, 99th percentile",
    "report_to_dispatched_p50_ms": "from accepted report to the news of its dispatch, at 20 cases/s, median",
    "report_to_dispatched_p99_ms": "… 99th percentile",
    "report_to_dispatched_half_load_p50_ms": "the same at half of the greatest rate, median",
    "report_to_dispatched_half_load_p99_ms": "… 99th percentile",
    "deadlines_per_second": "deadlines computed on one core, by the calendar of a street office",
    **MONITOR,
    **CLASSIFIER,
    "raw_bulk_events_per_second": "raw limit: bulk transactions of event + snapshot, 200 of each",
    "raw_producer_records_per_second": "raw limit: a plain producer, 600-byte values, acks=all",
    "cold_start_s": "from the command to everything ready, nothing cached but the servers",
    "memory_mib": "resident memory of all processes, right after the load",
}


def main(arguments: list[str] | None = None) -> int:
    """Run it, print the table, save the JSON."""
    parser = argparse.ArgumentParser("banjie bench")
    parser.add_argument("--json", type=Path, help="save the figures here")
    parser.add_argument("--quick", action="store_true", help="a tenth of the cases: to try it out")
    given = parser.parse_args(arguments)
    with an_installation() as installation:
        figures = asyncio.run(measure(installation, 0.1 if given.quick else 1.0))
    _say("the monitor of deadlines, alone on servers of its own")
    figures |= monitor_figures(0.1 if given.quick else 1.0)
    _show(figures)
    if given.json:
        given.json.write_text(json.dumps(figures, indent=2) + "\n", "utf-8")
    return 0


async def measure(installation: Installation, size: float) -> dict[str, Any]:
    """Every figure, one after the other. `size` scales the numbers of cases."""
    figures: dict[str, Any] = {
        "cores": psutil.cpu_count(),
        "cold_start_s": round(installation.cold_start_s, 1),
    }
    async with Driver(installation) as driver:
        _say("warming up")
        await driver.run(int(600 * size) + 50, at_once=300)
        best = await _greatest_rate(driver, size)
        figures |= await _latency(driver, best, size)
    _say("lifecycles over HTTP")
    lives = await http_lives(installation, int(3000 * size), at_once=96)
    figures["http_lifecycles_per_second"] = round(lives.per_second, 1)
    _say("single commands over HTTP")
    single = await commands(installation, int(12_800 * size))
    figures["commands_per_second"] = round(single.per_second, 1)
    figures["command_p50_ms"] = round(single.p50_ms, 1)
    figures["command_p99_ms"] = round(single.p99_ms, 1)
    figures["memory_mib"] = round(installation.memory_mib())
    _say("deadlines")
    figures["deadlines_per_second"] = round(deadlines_per_second())
    _say("classifier")
    figures |= await classifier_figures()
    _say("raw limits")
    figures["raw_bulk_events_per_second"] = round(await bulk_events_per_second(installation))
    figures["raw_producer_records_per_second"] = round(await producer_records_per_second(installation))
    return figures


async def _greatest_rate(driver: Driver, size: float) -> Lives:
    """The median of three closed loops of 1,500 open cases."""
    runs = []
    for turn in (1, 2, 3):
        _say(f"lifecycles through Kafka, run {turn} of 3")
        runs.append(await driver.run(int(5000 * size), at_once=1500))
    return sorted(runs, key=lambda run: run.per_second)[1]


async def _latency(driver: Driver, best: Lives, size: float) -> dict[str, Any]:
    _say("report to dispatched at 20 cases/s")
    slow = await driver.run(int(1200 * size), at_once=2000, per_second=20)
    _say("report to dispatched at half of the greatest rate")
    half = best.per_second / 2
    busy = await driver.run(int(half * 20 * size) + 20, at_once=2000, per_second=half)
    return {
        "lifecycles_per_second": round(best.per_second, 1),
        "events_per_lifecycle": round(best.events / best.closed, 1),
        "report_to_dispatched_p50_ms": _ms(slow, 50),
        "report_to_dispatched_p99_ms": _ms(slow, 99),
        "report_to_dispatched_half_load_p50_ms": _ms(busy, 50),
        "report_to_dispatched_half_load_p99_ms": _ms(busy, 99),
    }


def _ms(lives: Lives, p: float) -> float:
    return round(percentile(lives.dispatched_s, p) * 1000, 1)


def _say(what: str) -> None:
    SCREEN.print(f"[dim]bench:[/dim] {what} …")


def _show(figures: dict[str, Any]) -> None:
    table = Table("figure", "value", "what it is", title="Banjie 办结 bench")
    for name, meaning in MEANINGS.items():
        table.add_row(name, str(figures[name]), meaning)
    Console().print(table)


if __name__ == "__main__":
    sys.exit(main())
