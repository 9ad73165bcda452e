"""
The command ``runbook``.

One module per subcommand, of the same name, with a click command called ``command``. The
group knows their names and one line each, so that ``runbook --help`` imports none of them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import click

from runbooks.command.deferred import deferred

COMMANDS: Mapping[str, str] = {
    "list": "List the runbooks on the shelf.",
    "show": "Show one runbook: parameters, effects, steps, picture.",
    "check": "Tell every mistake of every file at once.",
    "plan": "Show what a run would do now; changes nothing.",
    "run": "Run a runbook.",
    "resume": "Go on with a run that was stopped or killed.",
    "runs": "List the runs of the journal.",
    "report": "Tell what a run did, from the journal alone.",
    "verify": "Prove that the journal of a run was not altered.",
    "serve": "Start runbooks at the times of their triggers, until Ctrl-C.",
    "call": "Call one operation of the API by its name.",
    "up": "Start the local Prefect server of this user.",
    "down": "Stop the local Prefect server of this user.",
    "doctor": "Look for what would keep runs from working, with its cure.",
    "demo": "Run the main job on an emulator, from start to end.",
}

INTERRUPTED = 130


class Lazy(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        found: click.Command = deferred(f"runbooks.command.{cmd_name}:command")
        return found

    def invoke(self, ctx: click.Context) -> Any:
        try:
            return super().invoke(ctx)
        except (KeyboardInterrupt, click.Abort):
            # Click would end with 1, which is for mistakes of the program.
            click.echo("interrupted", err=True)
            ctx.exit(INTERRUPTED)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        with formatter.section("Commands"):
            formatter.write_dl(list(COMMANDS.items()))


@click.group(cls=Lazy, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="dws-runbook", prog_name="runbook")
def main() -> None:
    """
    Run procedures on GaussDB(DWS) warehouses: planned, resumable, with proof.

    Try it without an account: runbook demo
    """
