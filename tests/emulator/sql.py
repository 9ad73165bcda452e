"""Sessions in the real databases of emulated clusters, as any client of PostgreSQL opens them."""

from __future__ import annotations

from typing import Any

import psycopg

from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.emulator.service import Service

Session = psycopg.Connection[Any]
ROWS = "CREATE TABLE rows (n int PRIMARY KEY); INSERT INTO rows SELECT generate_series(1, 100)"
"""What the clusters of the tests begin with."""


def address(service: Service, cluster_id: str) -> tuple[str, int]:
    """Host and port that the details of a cluster tell."""
    told = service.cluster(cluster_id)["endpoints"][0]["connect_info"]
    host, _, port = told.partition(":")
    return host, int(port)


def login(
    at: tuple[str, int],
    password: str = DEFAULT_PASSWORD,
    *,
    database: str = "gaussdb",
    user: str = "dbadmin",
) -> Session:
    """Log in; each statement commits by itself."""
    host, port = at
    return psycopg.connect(
        host=host, port=port, user=user, password=password, dbname=database, autocommit=True
    )


def run(at: tuple[str, int], *statements: str, **told: str) -> list[Any]:
    """Run statements in a session of their own; answers the rows of the last one."""
    with login(at, **told) as session:
        found: list[Any] = []
        for statement in statements:
            cursor = session.execute(statement)
            found = cursor.fetchall() if cursor.description else []
    return found


def count(at: tuple[str, int], **told: str) -> int:
    """How many rows the cluster has."""
    return int(run(at, "SELECT count(*) FROM rows", **told)[0][0])


def write(at: tuple[str, int], *numbers: int, **told: str) -> None:
    """Write rows."""
    run(at, *(f"INSERT INTO rows VALUES ({n})" for n in numbers), **told)


def is_open(at: tuple[str, int]) -> bool:
    """Whether anybody listens there who lets in."""
    try:
        login(at).close()
    except psycopg.OperationalError:
        return False
    return True
