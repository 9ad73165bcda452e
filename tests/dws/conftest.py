from __future__ import annotations

from collections.abc import AsyncIterator, Iterator

import pytest

from dws import clock as door
from dws.client import Client
from dws.settings import Account
from tests.dws.instant_clock import InstantClock


@pytest.fixture
def instant() -> Iterator[InstantClock]:
    """Sleeps are over at once, and remembered."""
    clock = InstantClock()
    with door.using(clock):
        yield clock


@pytest.fixture
async def client(account: str) -> AsyncIterator[Client]:
    """A client of the user of ``cloud``."""
    async with Account.from_environment().client() as client:
        yield client
