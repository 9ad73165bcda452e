"""``runbook runs``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.option("as_json", "--json", is_flag=True, help="As one JSON list.")
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """List the runs of the journal, the youngest first."""
    ctx.exit(deferred("runbooks.engine.console.records:list_runs")(as_json=as_json))
