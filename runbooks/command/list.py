"""``runbook list``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.option("as_json", "--json", is_flag=True, help="As one JSON list.")
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """
    List the runbooks on the shelf: those of this package, and of the folders in RUNBOOK_SHELF.

    A runbook with mistakes is listed as such; `runbook check` tells them.
    """
    ctx.exit(deferred("runbooks.engine.console.shelf:list_runbooks")(as_json=as_json))
