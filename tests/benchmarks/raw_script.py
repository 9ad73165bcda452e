"""
What an operator would write by hand: the same calls with bare httpx, and a fixed poll.

``python -m tests.benchmarks.raw_script URL SPEED NAME``. No retries, no proof, no resumption:
this is what `flows.backup_then_delete` is measured against.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

POLL_S = 10.0
"""Seconds of the cloud between two looks."""


def main(url: str, speed: float, name: str) -> None:
    """Take a snapshot of the cluster ``demo`` and delete the cluster."""
    with httpx.Client(base_url=url, timeout=30.0) as http:
        project = _sign_in(http)
        v1, v2 = f"/v1.0/{project}", f"/v2/{project}"
        cluster = next(
            item for item in _get(http, f"{v1}/clusters")["clusters"] if item["name"] == "demo"
        )
        path = f"{v1}/clusters/{cluster['id']}"
        _get(http, f"{v1}/snapshots")
        _get(http, f"{v2}/disaster-recoveries")
        body = {"snapshot": {"name": name, "cluster_id": cluster["id"]}}
        made = _sent(http, "POST", f"{v1}/snapshots", body).json()["snapshot"]["id"]
        _until(speed, lambda: _is_ready(http, f"{v1}/snapshots/{made}"))
        _until(speed, lambda: not _get(http, path)["cluster"]["task_status"])
        present = _get(http, f"{v1}/snapshots")["snapshots"]
        keep = sum(item["cluster_id"] == cluster["id"] for item in present)
        _until(speed, lambda: _is_taken(http, path, {"keep_last_manual_snapshot": keep}))
        _until(speed, lambda: http.get(path).status_code == 404)
        _get(http, f"{v1}/clusters")
        _get(http, f"{v1}/snapshots/{made}")


def _sign_in(http: httpx.Client) -> str:
    user = {"name": "testname", "domain": {"name": "testname"}, "password": "Passw0rd"}
    identity = {"methods": ["password"], "password": {"user": user}}
    claim = {"auth": {"identity": identity, "scope": {"project": {"name": "eu-de"}}}}
    answer = http.post("/v3/auth/tokens", json=claim)
    http.headers["X-Auth-Token"] = answer.headers["X-Subject-Token"]
    return str(answer.json()["token"]["project"]["id"])


def _is_ready(http: httpx.Client, path: str) -> bool:
    return bool(_get(http, path)["snapshot"]["status"] == "AVAILABLE")


def _is_taken(http: httpx.Client, path: str, body: dict[str, Any]) -> bool:
    return http.request("DELETE", path, json=body).status_code == 202


def _until(speed: float, holds: Callable[[], bool]) -> None:
    while not holds():
        time.sleep(POLL_S / speed)


def _get(http: httpx.Client, path: str) -> Any:
    return _sent(http, "GET", path, None).json()


def _sent(http: httpx.Client, method: str, path: str, body: Any) -> httpx.Response:
    return http.request(method, path, json=body).raise_for_status()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]), sys.argv[3])
