"""The monitor's figures for the whole bench: `bench.sla` in a process of its own, so that its memory is its own."""

import json
import subprocess
import sys
from typing import Any

MONITOR = {
    "sla_single_p50_ms": "with 1,000,000 other open clocks: from a deadline to its breach being stamped, one by one, median",
    "sla_single_p99_ms": "… 99th percentile",
    "sla_single_max_ms": "… the latest",
    "sla_same_second_s": "10,000 deadlines at one instant, until all are in the log and their rows are made anew",
    "sla_catching_up_s": "after a time down with 50,000 due, three sayings each, until all are in the log",
    "sla_sayings_per_second": "… so many sayings a second",
    "sla_start_s": "until a new monitor knows what is due next",
    "sla_memory_mib": "greatest resident memory of the process that did all this",
}


def monitor_figures(size: float) -> dict[str, Any]:
    """Run it with the numbers of MONITOR scaled by `size`."""
    numbers = {"--rows": 1_000_000, "--cases": 10_000, "--down": 50_000, "--singles": 200}
    asked = [text for name, number in numbers.items() for text in (name, str(int(number * size)))]
    run = subprocess.run([sys.executable, "-m", "bench.sla", *asked], stdout=subprocess.PIPE, check=True)
    told = json.loads(run.stdout)
    return {
        **{f"sla_single_{name}": value for name, value in told["singles"].items()},
        "sla_same_second_s": told["same_second"]["all_in_the_log_s"],
        "sla_catching_up_s": told["catching_up"]["seconds"],
        "sla_sayings_per_second": told["catching_up"]["sayings_a_second"],
        "sla_start_s": told["start_s"],
        "sla_memory_mib": told["memory_mib"],
    }
