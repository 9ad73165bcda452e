"""The account that a command looks with, while a person sits and waits."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from dws.client import ATTEMPTS_WATCHED, Client
from dws.settings import Account
from runbooks.command.deferred import deferred
from runbooks.server import use_prefect

DEFAULT = "default"


@asynccontextmanager
async def looking(account: str) -> AsyncIterator[Client]:
    """
    A client of an account. Prefect is imported only for one that is not ``default``.

    Raises:
        BadSetting: There is no such account, or it cannot work.
    """
    settings = await _settings(account)
    async with settings.client(attempts=ATTEMPTS_WATCHED) as client:
        yield client


async def _settings(account: str) -> Account:
    if account == DEFAULT:
        return Account.from_environment()
    use_prefect()
    found: Account = await deferred("tasks.credentials:account_named")(account)
    return found
