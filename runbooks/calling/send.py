"""Send one operation and print the answer."""

from __future__ import annotations

import asyncio
import json
import os
import sys
from typing import Any

import click
from pydantic import BaseModel

from dws.errors import BadSetting, DwsError
from dws.operation import Operation
from dws.operations import area_of
from runbooks.calling.find import operation_named
from runbooks.calling.given import Given, operation_from
from runbooks.calling.mistakes import BadCall, CallFailed
from runbooks.engine.access import looking
from runbooks.engine.console.mistaken import REFUSED, Told
from runbooks.server import ServerFailed
from tasks.action import Effect
from tasks.naming import snake
from tasks.operations import action_of


def call(name: str, pairs: tuple[str, ...], body: str, account: str, *, sure: bool) -> None:
    """
    Send one operation; its answer goes to the standard output as JSON.

    Raises:
        BadCall: Nothing was sent.
        Told: The person at the terminal declined.
        CallFailed: The service refused or failed, or did not answer.
    """
    operation = operation_from(
        operation_named(name),
        Given(pairs, body, os.environ, sys.stdin),
    )
    if not sure:
        _ask(operation)
    try:
        reply = asyncio.run(_sent(account, operation))
    except BadSetting as error:
        raise BadCall(error.problems) from None
    except (DwsError, ServerFailed) as error:
        raise CallFailed(error) from None
    click.echo(_printed(reply, pretty=sys.stdout.isatty()))


def _ask(operation: Operation[Any]) -> None:
    name = type(operation).__name__
    if action_of(area_of(type(operation)), snake(name)).effect is not Effect.DESTRUCTIVE:
        return
    if not sys.stdin.isatty():
        raise BadCall([f"{name} destroys: give --yes, as nobody can be asked here"])
    told = operation.model_dump(mode="json", by_alias=True, exclude_none=True)
    if not click.confirm(f"{name} {json.dumps(told)} destroys. Go on?", err=True):
        raise Told([f"{name} was declined; nothing was sent"], REFUSED)


async def _sent(account: str, operation: Operation[Any]) -> BaseModel:
    async with looking(account) as client:
        reply: BaseModel = await client.call(operation)
        return reply


def _printed(reply: BaseModel, *, pretty: bool) -> str:
    told = reply.model_dump(mode="json", by_alias=True)
    return json.dumps(told, ensure_ascii=False, indent=2 if pretty else None)
