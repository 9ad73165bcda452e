"""``runbook report``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("run_id", metavar="ID")
@click.option(
    "form",
    "--format",
    type=click.Choice(["md", "json"]),
    default="md",
    show_default=True,
    help="Markdown for people, JSON for machines.",
)
@click.option("--out", metavar="FILE", help="Write it there, not to stdout.")
@click.pass_context
def command(ctx: click.Context, /, *, run_id: str, form: str, out: str | None) -> None:
    """
    Tell what the run ID did, from the journal alone.

    Of a run that did not reach its end it also says what is left, and how to go on.
    """
    ctx.exit(deferred("runbooks.engine.console.records:report")(run_id, form=form, out=out))
