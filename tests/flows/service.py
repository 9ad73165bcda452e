"""What the service itself says, asked beside the flow that is tested."""

from __future__ import annotations

from typing import TypeVar

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
