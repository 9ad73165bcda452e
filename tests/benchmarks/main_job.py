"""`flows.backup_then_delete` against the same calls by hand, on the same emulator."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

import httpx

from runbooks.server import start, stop
from tests.benchmarks.process import Cost, cost, emulator
from tests.benchmarks.table import Row, at_most

SPEED = 60.0
ROUNDS = 3
WORLD = """
clusters:
- {name: demo, nodes: 3, data_gb: 120}
durations: {snapshot: PT8M, delete: PT4M}
"""
FLOW = """
import asyncio
from flows.backup_then_delete import backup_then_delete
asyncio.run(backup_then_delete("default", "demo", run_id={run!r}))
"""


def rows(folder: Path) -> list[Row]:
    """Wall, processor, memory and requests of both, the best of three rounds each."""
    with emulator(folder, WORLD, SPEED) as url:
        environment = _environment(folder, url)
        server = start(folder / "prefect", environment)
        environment["PREFECT_API_URL"] = server.api
        try:
            raw, raw_requests = _best(url, lambda n: _raw(url, n, environment))
            flow, flow_requests = _best(url, lambda n: _flow(n, environment))
            command, command_requests = _best(url, lambda n: _command(n, environment))
        finally:
            stop(folder / "prefect")
    return [
        *_figures("by hand, bare httpx, poll of 10 s", raw, raw_requests),
        *_figures("flow backup_then_delete", flow, flow_requests),
        *_figures("runbook run backup-then-delete", command, command_requests),
        at_most("wall: flow against by hand", flow.wall_s / raw.wall_s, 1.15),
        Row("wall: runbook run against by hand", f"{command.wall_s / raw.wall_s:.2f} times"),
        Row("processor: flow against by hand", f"{flow.cpu_s / raw.cpu_s:.2f} times"),
        Row("memory: flow against by hand", f"{flow.peak_mb / raw.peak_mb:.2f} times"),
        Row("requests: flow against by hand", f"{flow_requests / raw_requests:.2f} times"),
    ]


def _figures(who: str, spent: Cost, requests: int) -> list[Row]:
    told = f"{spent.wall_s:.2f} s"
    rest = f"{spent.cpu_s:.2f} s cpu, {spent.peak_mb:.0f} MB, {requests} requests"
    return [Row(who, told), Row("", rest)]


def _environment(folder: Path, url: str) -> dict[str, str]:
    ours = ("DWS_", "PREFECT_", "RUNBOOK_")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(ours)}
    return kept | {
        "XDG_STATE_HOME": str(folder / "state"),
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_HOME": str(folder / "home"),
        "DWS_ENDPOINT": url,
        "DWS_USERNAME": "testname",
        "DWS_PASSWORD": "Passw0rd",
        "DWS_PROJECT_NAME": "eu-de",
        "RUNBOOK_CLOCK_SPEED": f"{SPEED:g}",
    }


def _raw(url: str, number: int, environment: dict[str, str]) -> Cost:
    script = [sys.executable, "-m", "tests.benchmarks.raw_script"]
    return cost([*script, url, f"{SPEED:g}", f"raw-{number}"], environment)


def _flow(number: int, environment: dict[str, str]) -> Cost:
    script = FLOW.format(run=f"flow-{number}-{time.time():.0f}")
    return cost([sys.executable, "-c", script], environment)


def _command(number: int, environment: dict[str, str]) -> Cost:
    command = [sys.executable, "-m", "runbooks.command", "run", "backup-then-delete"]
    run_id = f"command-{number}-{time.time():.0f}"
    return cost([*command, "-p", "cluster=demo", "--run-id", run_id], environment)


def _best(url: str, measure: Callable[[int], Cost]) -> tuple[Cost, int]:
    found = []
    for number in range(ROUNDS):
        httpx.post(f"{url}/_emulator/reset").raise_for_status()
        spent = measure(number)
        sent = httpx.get(f"{url}/_emulator/requests").raise_for_status().json()["requests"]
        found.append((spent, len(sent)))
    return min(found, key=lambda one: one[0].wall_s)
