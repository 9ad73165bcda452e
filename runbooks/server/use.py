"""Make sure that there is a Prefect API, and make this process use it."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from pathlib import Path

from runbooks.server.environment import for_client, past_proxies
from runbooks.server.health import ServerFailed, trouble
from runbooks.server.local import running, start
from runbooks.server.record import Files
from tasks.places import state_folder

Tell = Callable[[str], None]


def server_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """Where the local server of this user keeps what belongs to it."""
    return state_folder(environment) / "prefect"


def _silence(_: str) -> None: ...


def use_prefect(tell: Tell = _silence) -> str:
    """
    Make sure that a Prefect API answers, and set this process to use it; answers its URL.

    It is the one in ``PREFECT_API_URL``, else the local server, which is started if need be and
    left running. Prefect reads its settings when it is imported: call this before.

    Args:
        tell: Called with a line for people before what takes its time.

    Raises:
        ServerFailed: None answers; the message says the cure.
    """
    told = os.environ.get("PREFECT_API_URL", "").rstrip("/")
    url = _answering(told) if told else _local(tell)
    os.environ.update(for_client(os.environ, url))
    return url


def _answering(url: str) -> str:
    if why := trouble(url):
        raise ServerFailed(
            f"PREFECT_API_URL={url}: {why}: correct it, start that server, or unset it to use "
            "the local one"
        )
    return url


def _local(tell: Tell) -> str:
    folder = server_folder()
    server = running(folder)
    if server is None:
        tell("starting the local Prefect server; the first time takes some 15 s")
    if server is None or trouble(server.api):
        server = start(folder)
    os.environ.setdefault("PREFECT_HOME", str(Files(folder).home))
    os.environ.update(past_proxies(os.environ))
    return server.api
