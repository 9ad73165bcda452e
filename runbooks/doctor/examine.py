"""All looks, one after the other, and how they are told."""

from __future__ import annotations

import asyncio
import json
import os
from collections.abc import Mapping
from dataclasses import asdict

import click

from dws.settings import Account
from runbooks.doctor.access import CALLS, CLOCK, accessed, not_accessed, timed
from runbooks.doctor.finding import Finding, Level, skipped
from runbooks.doctor.machine import machine
from runbooks.doctor.reach import reached
from runbooks.doctor.settings import account_in, address_in

ENDPOINT, IDENTITY = "endpoint", "identity service"


def examine(*, as_json: bool) -> int:
    """Look at everything, tell it, and answer the exit code: 5 if something is bad."""
    findings = asyncio.run(found(os.environ))
    click.echo(_json(findings) if as_json else "\n".join(map(str, findings)))
    return 5 if any(finding.level is Level.BAD for finding in findings) else 0


async def found(environment: Mapping[str, str]) -> list[Finding]:
    """What is to be said of the settings, the service and this machine, in that order."""
    account, settings = account_in(environment)
    if account:
        service = await _service(account)
    else:
        service = await _address(address_in(environment, settings))
    return [*settings, *service, *machine(environment)]


async def _service(account: Account) -> list[Finding]:
    endpoint, identity = await _reached(account)
    if endpoint.level is Level.BAD:
        why = "the endpoint is not reached"
        return [endpoint, identity, *not_accessed(why), skipped(CLOCK, why)]
    clock = await timed(account)
    # Keys with the id of a project need no identity service.
    if identity.level is Level.BAD and not (account.access_key and account.project_id):
        return [endpoint, identity, *not_accessed("the identity service is not reached"), clock]
    return [endpoint, identity, *await accessed(account), clock]


async def _address(account: Account | None) -> list[Finding]:
    why = "the settings cannot work"
    if account is None:
        return [skipped(check, why) for check in (ENDPOINT, IDENTITY, *CALLS, CLOCK)]
    return [*await _reached(account), *not_accessed(why), skipped(CLOCK, why)]


async def _reached(account: Account) -> tuple[Finding, Finding]:
    trusted = account.ca_bundle
    return (
        await reached(ENDPOINT, "DWS_ENDPOINT", account.endpoint, trusted),
        await reached(IDENTITY, "DWS_IAM_ENDPOINT", f"{account.iam}/v3", trusted),
    )


def _json(findings: list[Finding]) -> str:
    return json.dumps([{**asdict(one), "level": one.level.value} for one in findings])
