"""``runbook demo``"""

from __future__ import annotations

import click

from runbooks.command.deferred import deferred


@click.command()
@click.pass_context
def command(ctx: click.Context, /) -> None:
    """
    Run the main job on an emulator, from start to end.

    Takes a snapshot of an emulated cluster, proves it, deletes the cluster, and shows what
    remains. It ignores every setting of yours, so it can reach no real cluster, and stops what
    it started.
    """
    ctx.exit(deferred("runbooks.demo.play:demo")())
