"""What `runbook up` and `runbook down` do."""

from __future__ import annotations

import os

import click

from runbooks.engine.console.mistaken import Told
from runbooks.server import ServerFailed, start, stop
from runbooks.server.use import server_folder

FAILED = 5


def up() -> None:
    """Start the local server, or find it, and tell where it is."""
    try:
        server = start(server_folder())
    except ServerFailed as error:
        raise Told([str(error)], FAILED) from None
    click.echo(f"Prefect serves at {server.url} (process {server.pid})")
    if told := os.environ.get("PREFECT_API_URL"):
        click.echo(f"Runs go elsewhere as long as PREFECT_API_URL={told} is set", err=True)


def down() -> None:
    """Stop the local server, if there is one."""
    try:
        server = stop(server_folder())
    except ServerFailed as error:
        raise Told([str(error)], FAILED) from None
    click.echo(f"Prefect stopped (process {server.pid})" if server else "no Prefect server runs")
