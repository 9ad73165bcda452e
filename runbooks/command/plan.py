"""``runbook plan``"""

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
    help="What the run would count as.",
)
@click.option("--run-id", metavar="ID", help="The id that the run would have.")
@click.option("as_json", "--json", is_flag=True, help="The plan as one JSON object.")
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
    as_json: bool,
) -> None:
    """
    Show what a run of NAME would do now. It reads only, and changes nothing.

    \b
    runbook plan backup-then-delete -p cluster=NAME_OR_ID

    A list is told as a,b or by several -p, a map as {"key": "value"} or key=value, objects as
    [{"key": "value"}]; all three as @FILE.yaml too.

    Exit code: 0 it could be run, 2 bad input, 3 something speaks against it.
    """
    show = deferred("runbooks.engine.console.planning:show_plan")
    code = show(name, pairs, file, account=account, mode=mode, run_id=run_id, as_json=as_json)
    ctx.exit(code)
