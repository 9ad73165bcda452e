"""What the service itself says, asked beside the flow that is tested."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from dws.lookup import find_cluster
from dws.operation import Operation
from dws.operations.tags import BatchCreateResourceTag
from dws.settings import Account
from dws.shapes import Tag
from tests.virtual_clock import VirtualClock

R = TypeVar("R", bound=BaseModel)


async def told(operation: Operation[R]) -> R:
    """The answer to an operation, by the account of the environment."""
    async with Account.from_environment().client() as client:
        return await client.call(operation)


async def id_of(cluster: str) -> str:
    """The id of the cluster of a name."""
    async with Account.from_environment().client() as client:
        return (await find_cluster(client, cluster)).id


async def protect(cluster: str) -> None:
    """Mark a cluster as not to be touched, as a person does."""
    tag = Tag(key="runbook-protected", value="rows are rescued")
    await told(BatchCreateResourceTag(cluster_id=await id_of(cluster), tags=[tag]))


def while_waiting(clock: VirtualClock, do: Callable[[], Awaitable[None]]) -> None:
    """Let something happen in the next wait."""
    sleep = clock.sleep

    async def slept(seconds: float) -> None:
        vars(clock).pop("sleep")
        await sleep(seconds)
        await do()

    vars(clock)["sleep"] = slept


_FAULTS: dict[str, dict[str, Any]] = {
    "lost_reply": {"kind": "lost_reply"},
    "reset": {"kind": "reset"},
    "truncated": {"kind": "truncated"},
    "429": {"kind": "http", "status": 429},
    "503": {"kind": "http", "status": 503},
}
each_fault = pytest.mark.parametrize("fault", list(_FAULTS.values()), ids=list(_FAULTS))
"""What may befall one request, as ``fault``; told to `Cloud.fault` with the operation."""
