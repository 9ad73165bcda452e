"""
What became of canary rows, kept outside the cluster: what was acknowledged may be lost in it.

Each outcome is written down before the next row is written, so that a killed run knows it.
"""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import ColumnElement, and_, func, insert, select
from sqlalchemy.exc import IntegrityError

from tasks.run import Run
from tasks.store import canaries


@dataclass(frozen=True)
class Outcome:
    """What became of a row at a cluster, by the clock in use: seconds since 1970."""

    number: int
    at: float


@dataclass(frozen=True)
class Acknowledged:
    """The outcomes of the canary rows of a run."""

    run: Run

    def keep(self, site: str, number: int, *, accepted: bool, at: float) -> None:
        """Write an outcome down; of several alike the first one holds."""
        row = {
            "run_id": self.run.id,
            "scope": self.run.scope,
            "number": number,
            "site": site,
            "accepted": accepted,
            "at": at,
        }
        try:
            with self.run.engine.begin() as connection:
                connection.execute(insert(canaries).values(row))
        except IntegrityError:
            return

    def accepted(self, site: str) -> tuple[Outcome, ...]:
        """The rows that a cluster acknowledged, by number."""
        query = select(canaries.c.number, canaries.c.at).where(self._own(site, accepted=True))
        with self.run.engine.connect() as connection:
            rows = connection.execute(query.order_by(canaries.c.number)).all()
        return tuple(Outcome(row.number, row.at) for row in rows)

    def failed_since(self, site: str, moment: float) -> float | None:
        """When a cluster first did not acknowledge a row after a moment; None if it always did."""
        query = select(func.min(canaries.c.at)).where(
            self._own(site, accepted=False), canaries.c.at >= moment
        )
        with self.run.engine.connect() as connection:
            return connection.execute(query).scalar_one_or_none()

    def highest(self) -> Outcome | None:
        """The last row that any cluster acknowledged; None if none did."""
        query = (
            select(canaries.c.number, canaries.c.at)
            .where(
                canaries.c.run_id == self.run.id,
                canaries.c.scope == self.run.scope,
                canaries.c.accepted,
            )
            .order_by(canaries.c.number.desc())
            .limit(1)
        )
        with self.run.engine.connect() as connection:
            found = connection.execute(query).first()
        return Outcome(found.number, found.at) if found else None

    def _own(self, site: str, *, accepted: bool) -> ColumnElement[bool]:
        return and_(
            canaries.c.run_id == self.run.id,
            canaries.c.scope == self.run.scope,
            canaries.c.site == site,
            canaries.c.accepted == accepted,
        )
