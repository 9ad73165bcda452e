"""``runbook serve``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("names", nargs=-1, metavar="[NAME]...")
@click.option("--params", "file", metavar="FILE", help="What the triggers leave untold, as YAML.")
@click.option("--account", default="default", show_default=True, help="Whose clusters.")
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=10,
    show_default=True,
    help="Runs at work at once; more wait.",
)
@click.pass_context
def command(
    ctx: click.Context, /, *, names: tuple[str, ...], file: str | None, account: str, limit: int
) -> None:
    """
    Start the runbooks of each NAME at the times of their triggers, until Ctrl-C.

    Without NAME all of the shelf that have triggers are served. Each time is a run of its own,
    whose id is made from the runbook and the time; Prefect keeps the times and shows the runs.
    With one NAME, FILE is as for `runbook run`; else it gives each runbook its own mapping:

    \b
    backup-then-delete:
      cluster: demo

    A time that comes while the run before is at work is left out, or waits if the trigger says
    `overlap: queue`. A time that was missed by more than an hour is left out, unless it queues.
    Ctrl-C stops the runs, not what the cloud is at: `runbook resume ID` goes on.

    Exit code: 0 ended by Ctrl-C, 2 bad input, 3 refused before anything was served,
    5 Prefect failed.
    """
    serve = deferred("runbooks.engine.console.serving:serve")
    ctx.exit(serve(names, file, account=account, limit=limit))
