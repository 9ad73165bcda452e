"""``runbook up``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
def command() -> None:
    """
    Start the local Prefect server of this user, or find the one that runs.

    It listens on this machine only, on the first free port from 4200, and stays until
    `runbook down`. With PREFECT_API_URL set, runs go there and need no local server.
    """
    deferred("runbooks.serving:up")()
