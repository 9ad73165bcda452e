"""``runbook resume``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("run_id", metavar="ID")
@click.option("as_json", "--json", is_flag=True, help="One JSON object per line, for machines.")
@click.option("--verbose", is_flag=True, help="Show the log of Prefect, and tracebacks.")
@click.pass_context
def command(ctx: click.Context, /, *, run_id: str, as_json: bool, verbose: bool) -> None:
    """
    Go on with the run ID at its first step that did not pass.

    It keeps the runbook and the parameters that it began with. Each step looks before it acts,
    so that nothing is done twice. A run that has ended well is left as it is.
    """
    screen = deferred("runbooks.engine.console.screen:screen")(as_json=as_json, verbose=verbose)
    ctx.exit(deferred("runbooks.engine.console.running:resume")(run_id, screen=screen))
