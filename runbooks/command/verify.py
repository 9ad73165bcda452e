"""``runbook verify``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("run_id", metavar="ID")
@click.pass_context
def command(ctx: click.Context, /, *, run_id: str) -> None:
    """
    Prove that the journal of the run ID was not altered since it was written.

    Every record carries the hash of the one before it. The head of the chain is compared with
    the one in the report that was made at the end, if that is still there: what was cut off
    the end shows itself so.

    Exit code: 0 the chain holds, 5 it does not.
    """
    ctx.exit(deferred("runbooks.engine.console.records:verify")(run_id))
