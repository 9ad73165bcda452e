"""Whether a Prefect API answers."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from urllib.parse import urlsplit

WITHIN_S = 5.0


class ServerFailed(Exception):
    """There is no Prefect API to run with; the message says the cure."""


def trouble(api_url: str, *, within_s: float = WITHIN_S) -> str:
    """Why the Prefect API at ``api_url`` cannot be used; empty if it can."""
    try:
        healthy = _get(f"{api_url}/health", within_s)
    except (OSError, ValueError) as error:
        return str(getattr(error, "reason", None) or error)
    return "" if healthy is True else "what answers there is no Prefect API"


def version(api_url: str, *, within_s: float = WITHIN_S) -> str:
    """
    The version of Prefect that answers; empty if it does not say, as one behind a login.

    Raises:
        OSError: It does not answer.
    """
    try:
        told = _get(f"{api_url}/admin/version", within_s)
    except (urllib.error.HTTPError, ValueError):
        return ""
    return str(told)


def _get(url: str, within_s: float) -> object:
    if urlsplit(url).scheme not in {"http", "https"}:
        raise ValueError("write it as http://host:port/api")
    # This machine is not to be looked for through a proxy.
    local = urlsplit(url).hostname in {"127.0.0.1", "localhost", "::1"}
    proxies = urllib.request.ProxyHandler({} if local else None)
    opener = urllib.request.build_opener(proxies)
    with opener.open(url, timeout=within_s) as answer:
        found: object = json.loads(answer.read())
    return found
