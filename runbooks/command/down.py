"""``runbook down``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
def command() -> None:
    """Stop the local Prefect server of this user. Its records stay."""
    deferred("runbooks.serving:down")()
