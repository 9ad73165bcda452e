"""``runbook show``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("name")
@click.pass_context
def command(ctx: click.Context, /, *, name: str) -> None:
    """
    Show the runbook NAME: its parameters, what its steps do, and a picture of them.

    \b
    runbook show backup-then-delete
    """
    ctx.exit(deferred("runbooks.engine.console.shelf:show_runbook")(name))
