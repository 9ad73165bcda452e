"""How late the end of a cloud task is noticed, and what the looking costs."""

from __future__ import annotations

import asyncio
import statistics
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx

from dws import clock
from dws.operations.clusters import ListClusterDetails, RestartCluster
from dws.settings import Account
from dws.waiters import cluster_task_finished
from tests.benchmarks.process import emulator
from tests.benchmarks.table import Row, at_most

SPEED = 60.0
ROUNDS = 3
SAMPLES = 40
ALIKE = """
clusters:
- {{name: "dws-{{n}}", count: {many}, nodes: 3}}
durations: {{restart: PT15M}}
"""
SPREAD = """
clusters:
- {{name: "dws-{{n}}", count: {many}, nodes: 3}}
"""


@dataclass(frozen=True)
class _Seen:
    lags_s: list[float]
    looks: int


def rows(folder: Path) -> list[Row]:
    """Tasks of 15 minutes, waited for alone and many at once; then some of 3 to 6 minutes."""
    alone = [_measured(folder, ALIKE.format(many=1)) for _ in range(ROUNDS)]
    together = {many: _measured(folder, ALIKE.format(many=many)) for many in (10, 100)}
    apart = _measured(folder, SPREAD.format(many=100))
    one = statistics.mean(seen.looks for seen in alone)
    lag = statistics.median(seen.lags_s[0] for seen in alone)
    most = max(seen.looks for seen in alone)
    return [
        at_most(f"one, 15 minutes: median lag of {ROUNDS}", lag, 2.0, "s"),
        at_most(f"one, 15 minutes: most requests of {ROUNDS}", most, 30, "requests"),
        *(row for many, seen in together.items() for row in _told(f"{many} at once", seen, one)),
        *_told("100 that end apart, 3 to 6 minutes", apart, one),
    ]


def _told(who: str, seen: _Seen, one: float) -> list[Row]:
    lags = f"{statistics.median(seen.lags_s):.1f} s, at most {max(seen.lags_s):.1f} s"
    return [
        Row(f"{who}: median lag", lags),
        at_most(f"{who}: requests in all against one", seen.looks / one, 1.1),
    ]


def _measured(folder: Path, world: str) -> _Seen:
    with emulator(folder, world, SPEED) as url:
        return asyncio.run(_restarted(url))


async def _restarted(url: str) -> _Seen:
    account = Account(
        endpoint=url,
        username="testname",
        password="Passw0rd",
        project_name="eu-de",
        clock_speed=SPEED,
    )
    async with account.client() as client, httpx.AsyncClient(base_url=url) as control:
        told = (await control.get("/_emulator/state")).json()["clusters"]
        ids = [item["id"] for item in told]
        zero = await _zero(control)
        await asyncio.gather(*(client.call(RestartCluster(cluster_id=one)) for one in ids))

        async def noticed(cluster_id: str) -> float:
            look = ListClusterDetails(cluster_id=cluster_id)
            done = await cluster_task_finished.wait(client, look)
            now = zero + clock.now()
            return now - done.updated.timestamp() if done and done.updated else float("nan")

        lags = await asyncio.gather(*(noticed(one) for one in ids))
        sent = (await control.get("/_emulator/requests")).json()["requests"]
    return _Seen(list(lags), sum(_is_look(one) for one in sent))


async def _zero(control: httpx.AsyncClient) -> float:
    """What our clock lacks to the emulated time, which is told in whole seconds, rounded down."""
    found = []
    for _ in range(SAMPLES):
        told = (await control.post("/_emulator/clock", json={"advance_s": 0})).json()["now"]
        found.append(datetime.fromisoformat(told).timestamp() - clock.now())
    return max(found)


def _is_look(request: dict[str, Any]) -> bool:
    return request["operation"] in {"ListClusters", "ListClusterDetails"}
