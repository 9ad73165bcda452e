"""What the service itself says, asked beside the flow that is tested."""

from __future__ import annotations

from typing import Any, TypeVar

import pytest
from pydantic import BaseModel

from dws.lookup import find_cluster
from dws.operation import Operation
from dws.settings import Account

R = TypeVar("R", bound=BaseModel)


async def told(operation: Operation[R]) -> R:
    """The answer to an operation, by the account of the environment."""
    async with Account.from_environment().client() as client:
        return await client.call(operation)


async def id_of(cluster: str) -> str:
    """The id of the cluster of a name."""
    async with Account.from_environment().client() as client:
        return (await find_cluster(client, cluster)).id


_FAULTS: dict[str, dict[str, Any]] = {
    "lost_reply": {"kind": "lost_reply"},
    "reset": {"kind": "reset"},
    "truncated": {"kind": "truncated"},
    "429": {"kind": "http", "status": 429},
    "503": {"kind": "http", "status": 503},
}
each_fault = pytest.mark.parametrize("fault", list(_FAULTS.values()), ids=list(_FAULTS))
"""What may befall one request, as ``fault``; told to `Cloud.fault` with the operation."""
