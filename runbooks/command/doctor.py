"""``runbook doctor``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.option("--json", "as_json", is_flag=True, help="Tell it as JSON.")
@click.pass_context
def command(ctx: click.Context, /, *, as_json: bool) -> None:
    """
    Look for what would keep runs from working, and tell its cure.

    Looks at settings, reachability, credentials, clock, Prefect, state folder and journal; calls
    nothing that changes anything, and shows no secret. Ends with 5 if something is bad.
    """
    ctx.exit(deferred("runbooks.doctor.examine:examine")(as_json=as_json))
