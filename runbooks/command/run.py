"""``runbook run``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("name")
@click.option("pairs", "-p", multiple=True, metavar="NAME=VALUE", help="A parameter; repeatable.")
@click.option("--params", "file", metavar="FILE", help="Parameters as YAML; -p wins over it.")
@click.option("--account", default="default", show_default=True, help="Whose clusters.")
@click.option(
    "--mode",
    type=click.Choice(["live", "rehearsal"]),
    default="live",
    show_default=True,
    help="What the run counts as, in its journal and for `run.mode`.",
)
@click.option("--run-id", metavar="ID", help="Names the run; of a known one: go on with it.")
@click.option("--outside-window", "outside", is_flag=True, help="Begin although it is closed.")
@click.option("--reason", default="", metavar="TEXT", help="Why; goes into the journal.")
@click.option("as_json", "--json", is_flag=True, help="One JSON object per line, for machines.")
@click.option("--verbose", is_flag=True, help="Show the log of Prefect, and tracebacks.")
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    ctx: click.Context,
    /,
    *,
    name: str,
    pairs: tuple[str, ...],
    file: str | None,
    account: str,
    mode: str,
    run_id: str | None,
    outside: bool,
    reason: str,
    as_json: bool,
    verbose: bool,
) -> None:
    """
    Run the runbook NAME: one of the shelf, or a YAML file.

    It plans first, and refuses to begin if something speaks against it. What it does is written
    into the journal; the report is made at the end. Ctrl-C stops the run, not what the cloud is
    at: `runbook resume ID` goes on.

    \b
    runbook run backup-then-delete -p cluster=NAME_OR_ID
    runbook run backup-then-delete -p cluster=old -p give_up=first,second --run-id CHG0001

    A list is told as a,b or by several -p, a map as {"key": "value"} or key=value, objects as
    [{"key": "value"}]; all three as @FILE.yaml too. `runbook show NAME` gives examples.

    Exit code: 0 done, 2 bad input, 3 refused before any change, 5 left for a person, 130
    interrupted, 1 a mistake of the program.
    """
    if outside != bool(reason.strip()):
        raise click.UsageError("--outside-window and --reason TEXT go together")
    screen = deferred("runbooks.engine.console.screen:screen")(as_json=as_json, verbose=verbose)
    run = deferred("runbooks.engine.console.running:run")
    asked = {"account": account, "mode": mode, "run_id": run_id, "outside_window": reason.strip()}
    ctx.exit(run(name, pairs, file, **asked, screen=screen))
