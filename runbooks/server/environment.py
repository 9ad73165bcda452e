"""Environments for Prefect: one for whoever calls its API, one for the local server."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

SILENT: Mapping[str, str] = MappingProxyType(
    {
        "DO_NOT_TRACK": "1",
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        # Without a server a run fails, rather than to lose its records in a temporary one.
        "PREFECT_SERVER_ALLOW_EPHEMERAL_MODE": "false",
    }
)
"""Nothing is told to third parties."""

# Without them a server takes 35 task runs a second (facts/prefect 1.3).
_BATCHED = {
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_READ_BATCH_SIZE": "100",
    # Not less: prefect 3.8.8 cuts it to whole seconds, and with 0 its server never rests.
    "PREFECT_SERVER_SERVICES_TASK_RUN_RECORDER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_BATCH_SIZE": "200",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_READ_BATCH_SIZE": "100",
    "PREFECT_SERVER_SERVICES_EVENT_PERSISTER_FLUSH_INTERVAL": "1",
    "PREFECT_SERVER_SERVICES_TRIGGERS_READ_BATCH_SIZE": "100",
}

_KEPT = {
    # In memory, a restart under a run at work would take its slot for ever (facts/prefect 5).
    "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": (
        "prefect.server.concurrency.lease_storage.filesystem"
    ),
}

# The server needs neither, and one of them holds passwords.
_OURS = ("DWS_", "RUNBOOK_")


def for_client(environment: Mapping[str, str], api_url: str) -> dict[str, str]:
    """What a process must have set that calls the API at ``api_url`` and stays silent."""
    told = {**SILENT, "PREFECT_API_URL": api_url}
    # Prefect's lines go to its API; on the terminal they would break into the progress.
    shown = "PREFECT_LOGGING_HANDLERS_CONSOLE_LEVEL"
    return {**told, shown: environment.get(shown, "CRITICAL")}


def for_server(environment: Mapping[str, str], home: str, url: str) -> dict[str, str]:
    """The whole environment of a local server at ``url`` that keeps its data in ``home``."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_OURS)}
    kept.pop("PREFECT_API_URL", None)
    # The page of version 2 calls a third party from the browser, whatever the settings.
    page = {"PREFECT_SERVER_UI_V2_ENABLED": "false", "PREFECT_SERVER_UI_API_URL": f"{url}/api"}
    return {
        **_BATCHED,
        **_KEPT,
        **kept,
        **SILENT,
        **page,
        "PREFECT_HOME": home,
        "PREFECT_CLI_PROMPT": "false",
    }


def past_proxies(environment: Mapping[str, str]) -> dict[str, str]:
    """What keeps calls to this machine from going through a proxy; empty if there is none."""
    if not any(name.lower() in {"http_proxy", "all_proxy"} for name in environment):
        return {}
    name = "no_proxy" if "no_proxy" in environment else "NO_PROXY"
    return {name: ",".join(filter(None, [environment.get(name), "127.0.0.1", "localhost"]))}
