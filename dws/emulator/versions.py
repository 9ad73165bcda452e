"""Database versions: which is newer, and what an old one does not know."""

from __future__ import annotations

from dws.emulator.records import Cluster
from dws.emulator.refused import Refused


def parts(version: str) -> tuple[int, ...]:
    """A version as numbers that compare, e.g. ``8.1.1.202`` as (8, 1, 1, 202)."""
    return tuple(int(part) for part in version.split(".") if part.isdigit())


def require_version(cluster: Cluster, minimum: str) -> None:
    """
    See that a cluster's database is new enough.

    Raises:
        Refused: It is older.
    """
    if parts(cluster.version) < parts(minimum):
        raise Refused(
            400,
            "DWS.5206",
            f"Databases of this version do not support the function: {cluster.version}, "
            f"it needs {minimum}.",
        )
