"""``runbook check``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.argument("files", nargs=-1, metavar="[FILE]...")
@click.pass_context
def command(ctx: click.Context, /, *, files: tuple[str, ...]) -> None:
    """
    Tell every mistake of every FILE at once, one in a line: file:line: path: what.

    Without FILE the whole shelf is checked. A name of the shelf does as well as a file.
    Nothing is run and nothing is asked of the cloud.

    Exit code: 0 all sound, 2 there are mistakes.
    """
    ctx.exit(deferred("runbooks.engine.console.shelf:check_files")(files))
