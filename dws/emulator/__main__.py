"""The command ``dws-emulator``, also ``python -m dws.emulator``."""

from __future__ import annotations

import json
import signal
import sys
from pathlib import Path

import click

from dws.emulator.data_plane import KINDS, DataPlaneUnusable, Kind
from dws.emulator.openapi import document
from dws.emulator.server import HOST, Emulator
from dws.emulator.spec import WorldSpec
from dws.emulator.store import StateFileUnusable
from dws.emulator.world_file import WorldFileUnusable, read_world

_FILE = click.Path(path_type=Path, dir_okay=False)


@click.command()
@click.option("--port", type=click.IntRange(0, 65535), default=0, help="0: any free one.")
@click.option(
    "--speed",
    type=click.FloatRange(0, 1_000_000),
    default=1.0,
    show_default=True,
    help="How many times as fast as real; 0 stops time.",
)
@click.option("--world", type=_FILE, help="YAML file: what is there at the beginning.")
@click.option("--state", type=_FILE, help="File that keeps the world over restarts and kills.")
@click.option("--openapi", is_flag=True, help="Print the API as an OpenAPI document, and end.")
@click.option(
    "--data-plane",
    type=click.Choice(KINDS),
    default="none",
    show_default=True,
    help="postgres: each cluster has a real database.",
)
def main(  # noqa: PLR0913 - one for each option
    port: int,
    speed: float,
    world: Path | None,
    state: Path | None,
    data_plane: Kind,
    *,
    openapi: bool,
) -> None:
    """
    Serve an emulated GaussDB(DWS) and its identity service on 127.0.0.1.

    Prints "ready http://127.0.0.1:PORT" once it serves; Ctrl-C ends it. User testname of domain
    testname, password Passw0rd, project eu-de; AK/SK emulator-ak and emulator-sk.

    A state file that exists wins over the clusters, snapshots and pairs of a world file; users,
    profile, quotas and durations are always those of the world file. Control interface:
    /_emulator/state, requests, clock, faults, reset. The API for tools: /openapi.json.

    With --data-plane postgres the endpoints in a cluster's details are those of a real PostgreSQL:
    log in to gaussdb or postgres as the cluster's user_name, with the password it was created with.
    Clusters of a world file have password Emulator-Passw0rd unless they tell another; their field
    sql tells what is in gaussdb. Snapshots, restores, stops, passwords, read-only and disaster
    recovery are real. Data are kept in FILE.data beside a --state FILE; else they are gone with
    the emulator, even if it is killed. A restore that lost something:

    \b
    POST /_emulator/faults
      {"operation": "RestoreCluster", "kind": "corrupt_backup", "sql": "DELETE FROM orders"}

    The service itself lets psycopg and other clients of PostgreSQL in only if the parameter
    password_encryption_type of the cluster is 1 and the password was reset after it was set so.
    """
    if openapi:
        click.echo(json.dumps(document(HOST, port), indent=2, ensure_ascii=False))
        return
    try:
        spec = read_world(world) if world else WorldSpec()
        emulator = Emulator(speed=speed, world=spec, state=state, port=port, data_plane=data_plane)
    except (WorldFileUnusable, StateFileUnusable, DataPlaneUnusable) as error:
        _give_up(str(error))
    except OSError as error:
        _give_up(f"port {port}: {error.strerror}; choose another with --port, or 0 for a free one")
    signal.signal(signal.SIGINT, lambda *_: emulator.stop())
    signal.signal(signal.SIGTERM, lambda *_: emulator.stop())
    # The port listens already: who calls from now on is answered.
    click.echo(f"ready {emulator.url}")
    sys.stdout.flush()
    emulator.run()


def _give_up(message: str) -> None:
    click.echo(message, err=True)
    sys.exit(2)


if __name__ == "__main__":
    main()
