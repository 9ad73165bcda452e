"""Whether the credentials are accepted, the project is theirs, and reads work."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable

from dws.client import Client
from dws.errors import DwsError, RequestFailed, Unauthenticated
from dws.operations.clusters import ListClusters
from dws.settings import Account
from runbooks.doctor.finding import WITHIN_S, Finding, bad, ok, skipped, warn

CREDENTIALS, PROJECT, READS, CLOCK = "credentials", "project", "reads", "clock"
CALLS = (CREDENTIALS, PROJECT, READS)

SKEW_WARN_S = 60.0
SKEW_BAD_S = 300.0
"""Assumed: the gateway refuses signatures that are between 5 and 15 minutes off."""

_TIMEOUT = f"no answer within {WITHIN_S:.0f} s"


async def accessed(account: Account) -> list[Finding]:
    """What the service says to a call of this account."""
    async with account.client() as client:
        return await _called(client, account)


async def timed(account: Account) -> Finding:
    """How this machine's clock differs from the service's."""
    async with account.client() as client:
        return await _clock(client, account)


def not_accessed(why: str, checks: Iterable[str] = CALLS) -> list[Finding]:
    """None of it could be looked at."""
    return [skipped(check, why) for check in checks]


async def _called(client: Client, account: Account) -> list[Finding]:
    try:
        async with asyncio.timeout(WITHIN_S):
            project = await client.project_id()
            listed = await client.call(ListClusters())
    except RequestFailed as error:
        return _refused(error, account)
    except (DwsError, TimeoutError) as error:
        told = str(error) or _TIMEOUT
        return [
            bad(CREDENTIALS, told, "see to what is bad above, and try again"),
            *not_accessed("the call was not answered", (PROJECT, READS)),
        ]
    return [
        ok(CREDENTIALS, "accepted"),
        ok(PROJECT, project),
        ok(READS, f"ListClusters tells {len(listed.clusters)} clusters"),
    ]


def _refused(error: RequestFailed, account: Account) -> list[Finding]:
    if _is_about_project(error):
        return [
            ok(CREDENTIALS, "accepted"),
            bad(
                PROJECT, str(error), f"correct {_project_setting(account)}, or ask for a role in it"
            ),
            *not_accessed("there is no project to read", (READS,)),
        ]
    if isinstance(error, Unauthenticated):
        wrong = _credential_settings(account)
        return [
            bad(CREDENTIALS, str(error), f"correct {wrong}"),
            *not_accessed("the credentials are not accepted", (PROJECT, READS)),
        ]
    return [
        ok(CREDENTIALS, "accepted"),
        skipped(PROJECT, "the call was refused"),
        bad(READS, str(error), "ask for a role that may list clusters, or the service's support"),
    ]


def _is_about_project(error: RequestFailed) -> bool:
    # A wrong project is told with the status of a wrong password; the words differ.
    return error.status in {200, 403} or "project" in error.message.lower()


def _project_setting(account: Account) -> str:
    return "DWS_PROJECT_ID" if account.project_id else "DWS_PROJECT_NAME"


def _credential_settings(account: Account) -> str:
    if account.access_key:
        return "DWS_ACCESS_KEY, DWS_SECRET_KEY or DWS_SECURITY_TOKEN"
    return "DWS_USERNAME, DWS_DOMAIN or DWS_PASSWORD"


async def _clock(client: Client, account: Account) -> Finding:
    try:
        async with asyncio.timeout(WITHIN_S):
            seconds = (await client.skew()).seconds
    except (DwsError, TimeoutError) as error:
        return skipped(CLOCK, str(error) or _TIMEOUT)
    side = "behind" if seconds > 0 else "ahead of"
    told = f"this machine is {abs(seconds):.0f} s {side} the service"
    cure = "set this machine's clock; let it follow a time server"
    if abs(seconds) > SKEW_BAD_S and account.access_key:
        return bad(CLOCK, f"{told}: signatures may be refused", cure)
    if abs(seconds) > SKEW_WARN_S:
        return warn(CLOCK, told, cure)
    return ok(CLOCK, told)
