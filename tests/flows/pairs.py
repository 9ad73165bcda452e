"""A pair of clusters as the tests of disaster recovery have it."""

from __future__ import annotations

from typing import Any

from tests.cloud import Cloud


def pair_world(status: str = "running", **more: Any) -> dict[str, Any]:
    """Clusters ``near`` and ``far``, and ``pair-1`` of them; ``more`` is of the three."""
    near = {"name": "near", "data_gb": 240.0, **more.pop("near", {})}
    far = {"name": "far", "data_gb": 1.0, **more.pop("far", {})}
    told = {"name": "pair-1", "primary": "near", "standby": "far", "status": status}
    pairs = [{**told, "sync_period": "30m", **more.pop("pair", {})}]
    return {"clusters": [near, far], "disaster_recoveries": pairs, **more}


def pairs(cloud: Cloud) -> dict[str, str]:
    """Status by name, of those that are there."""
    told = cloud.state()["disaster_recoveries"]
    return {item["name"]: item["status"] for item in told if not item["deleted"]}


def taken(cloud: Cloud, operation: str) -> int:
    """How often an operation took effect; its answer may have got lost."""
    return sum(sent["status"] in {0, 200} for sent in cloud.requests(operation))
