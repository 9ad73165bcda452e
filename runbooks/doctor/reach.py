"""Whether the service and its identity service are reached, by name, network and TLS."""

from __future__ import annotations

import asyncio
import socket
import ssl
from urllib.parse import urlsplit

import httpx

from runbooks.doctor.finding import WITHIN_S, Finding, bad, ok


async def reached(check: str, setting: str, url: str, ca_bundle: str) -> Finding:
    """Whether anything answers at an address; any answer will do."""
    host = urlsplit(url).hostname or url
    try:
        async with asyncio.timeout(WITHIN_S), _http(ca_bundle) as http:
            answer = await http.get(url)
    except (httpx.HTTPError, OSError) as error:
        return _failed(check, setting, host, error)
    if answer.status_code >= 500:
        return bad(
            check,
            f"{host} answers {answer.status_code}",
            "try again later; if it stays, ask the service's support",
        )
    return ok(check, f"{host} answers")


def _http(ca_bundle: str) -> httpx.AsyncClient:
    trusted = ssl.create_default_context(cafile=ca_bundle) if ca_bundle else True
    return httpx.AsyncClient(verify=trusted, timeout=WITHIN_S)


def _failed(check: str, setting: str, host: str, error: Exception) -> Finding:
    causes = list(_causes(error))
    for cause in causes:
        match cause:
            case ssl.SSLError():
                told = f"{host}: TLS fails: {getattr(cause, 'verify_message', '') or cause.reason}"
                return bad(check, told, "set DWS_CA_BUNDLE to the file of its certificates")
            case socket.gaierror():
                told = f"{host}: no such name"
                return bad(check, told, f"correct {setting}, or this machine's name service")
            case TimeoutError() | httpx.TimeoutException():
                told = f"{host}: no answer within {WITHIN_S:.0f} s"
                return bad(check, told, f"correct {setting}, or open the way: firewall, proxy, VPN")
    told = f"{host}: {causes[-1] or type(causes[-1]).__name__}"
    return bad(check, told, f"correct {setting}, or start what should listen there")


def _causes(error: BaseException) -> list[BaseException]:
    found = [error]
    while cause := found[-1].__cause__ or found[-1].__context__:
        found.append(cause)
    return found
