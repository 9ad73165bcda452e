"""``runbook call``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred

ALL = "*"


@click.command(add_help_option=False)
@click.argument("operation", required=False)
@click.option("pairs", "-p", multiple=True, metavar="NAME=VALUE", help="A field of the operation.")
@click.option(
    "--body", default="", metavar="JSON", help="More fields: JSON, @FILE, or - for stdin."
)
@click.option("--account", default="default", show_default=True, help="Whose clusters.")
@click.option("--yes", is_flag=True, help="Do not ask before an operation that destroys.")
@click.option(
    "area", "--list", is_flag=False, flag_value=ALL, metavar="[AREA]", help="List the operations."
)
@click.option("-h", "--help", "wants_help", is_flag=True, help="Show this, or OPERATION's fields.")
@click.pass_context
def command(  # noqa: PLR0913 - one for each option
    ctx: click.Context,
    /,
    *,
    operation: str | None,
    pairs: tuple[str, ...],
    body: str,
    account: str,
    yes: bool,
    area: str | None,
    wants_help: bool,
) -> None:
    """
    Call one OPERATION of the API by its official name.

    The answer is printed as JSON: indented on a terminal, else in one line. Values of -p are
    text and become what the field takes; a name given twice makes a list.

    A secret must not stand on a command line. Name a variable of the environment that holds it,
    -p new_password=@env:NAME, or give the body by --body - or --body @FILE.

    \b
    runbook call --list snapshots
    runbook call ListClusterDetails --help
    runbook call ListClusterDetails -p cluster_id=7d85f602-a948-4a30-afd4-e84f47471c15
    """
    if area is not None:
        click.echo(deferred("runbooks.calling.find:listed")("" if area == ALL else area))
    elif operation is None:
        click.echo(ctx.get_help())
        ctx.exit(0 if wants_help else 2)
    elif wants_help:
        found = deferred("runbooks.calling.find:operation_named")(operation)
        click.echo(deferred("runbooks.calling.describe:described")(found))
    else:
        deferred("runbooks.calling.send:call")(operation, pairs, body, account, sure=yes)
