"""
What was in a cluster when a snapshot of it was taken: kept beside the facts, by snapshot.

A later run that restores the snapshot is judged by it, however much the cluster has moved on. What
a restore has shown of a snapshot is kept as well: lists tell nothing of it.
"""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict
from sqlalchemy import Engine, delete, insert, select
from sqlalchemy.exc import IntegrityError

from dws.sql.comparison import Fingerprint
from tasks.store import fingerprints, stamp, verdicts


class Reference(BaseModel):
    """
    What a snapshot must hold.

    Attributes:
        run_id: The run that looked; it also wrote the canary row, if there is one.
        databases: Which were asked for; all if none is told. The copy is asked for the same.
        before, after: What was in the cluster before the snapshot began, and after its end.
        has_canary: Whether the snapshot must have a canary row of that run.
        is_exact: Whether they enclose the snapshot. If not they are of another time, and content
            may differ without anything being wrong.
    """

    model_config = ConfigDict(frozen=True)

    run_id: str
    databases: tuple[str, ...]
    before: Fingerprint
    after: Fingerprint
    has_canary: bool
    is_exact: bool = True


def keep(engine: Engine, snapshot_id: str, reference: Reference) -> None:
    """Write down what a snapshot must hold; what was written of it first holds for ever."""
    row = {
        "snapshot_id": snapshot_id,
        "content": reference.model_dump(mode="json"),
        "at": stamp(),
    }
    try:
        with engine.begin() as connection:
            connection.execute(insert(fingerprints).values(row))
    except IntegrityError:
        return


def kept(engine: Engine, snapshot_id: str) -> Reference | None:
    """What a snapshot must hold; None if none of the runs of this journal took it."""
    query = select(fingerprints.c.content).where(fingerprints.c.snapshot_id == snapshot_id)
    with engine.connect() as connection:
        told = connection.execute(query).scalar_one_or_none()
    return None if told is None else Reference.model_validate(told)


def judged(engine: Engine, snapshot_id: str, run_id: str, *, is_good: bool) -> None:
    """Write down what a run has found of a snapshot that it restored; the last verdict holds."""
    row = {"snapshot_id": snapshot_id, "run_id": run_id, "is_good": is_good, "at": stamp()}
    with engine.begin() as connection:
        connection.execute(delete(verdicts).where(verdicts.c.snapshot_id == snapshot_id))
        connection.execute(insert(verdicts).values(row))


def found_bad(engine: Engine) -> dict[str, str]:
    """Ids of the snapshots whose last restore has shown that they are bad, with that run's id."""
    query = select(verdicts.c.snapshot_id, verdicts.c.run_id).where(verdicts.c.is_good.is_(False))
    with engine.connect() as connection:
        return {row.snapshot_id: row.run_id for row in connection.execute(query)}
