"""The proof of a snapshot by what it is for: restore it to a scratch cluster, and compare."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from dws.errors import BadSetting, DatabaseRefused, NotSent, RequestFailed, WrongPassword
from dws.sql.acceptance import Acceptance
from dws.sql.canary import SCHEMA as CANARY_SCHEMA
from dws.sql.comparison import Fingerprint
from dws.sql.fingerprint import Bounds
from dws.sql.tables import databases_of
from flows.steps.procedure import found_once
from flows.steps.restore_verdict import Outcome, TableVerdict, judge
from flows.steps.scratch import Scratch, remove, scratch_cluster
from tasks import sql
from tasks.fingerprints import Reference, judged, keep
from tasks.run import Refused, Run, Stopped


@dataclass(frozen=True)
class Source:
    """
    The cluster whose snapshot is to be proved.

    Attributes:
        databases: Which are looked at; all if none is told.
        ensure: Is called before each change: makes sure that the run holds its locks.
    """

    run: Run
    account: str
    cluster_id: str
    cluster_name: str
    databases: tuple[str, ...]
    bounds: Bounds
    ensure: Callable[[], None]


class Findings(BaseModel):
    """
    What was found of a restored copy. Remembered before the copy is deleted.

    Attributes:
        restore_s: From asking for the restore to the available cluster, in seconds of the
            cloud's clock: at most so long, as it is seen from outside.
        canary_rows: Of the run that took the snapshot; None where it wrote none.
    """

    model_config = ConfigDict(frozen=True)

    scratch_name: str
    scratch_id: str
    restore_s: float
    tables: tuple[TableVerdict, ...]
    acceptance: tuple[Acceptance, ...]
    canary_rows: int | None
    left_out: tuple[str, ...]

    def of(self, outcome: Outcome) -> tuple[str, ...]:
        """The tables of an outcome, each with what was found."""
        return tuple(f"{item.path}: {item.told}" for item in self.tables if item.outcome is outcome)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What a good verdict does not say: that there was nothing to compare."""
        if any(f".{CANARY_SCHEMA}." not in item.path for item in self.tables):
            return ()
        return ("no table was compared: the databases that were looked at hold none",)

    @property
    def wrong(self) -> tuple[str, ...]:
        """All that makes the snapshot a bad one; nothing if it is proved."""
        canary = ("the canary row written before the snapshot is missing",)
        failed = [f"{item.statement}: {item.told}" for item in self.acceptance if not item.passed]
        return (
            *self.of(Outcome.DIFFERENT),
            *(canary if self.canary_rows == 0 else ()),
            *(f"acceptance failed: {told}" for told in failed),
        )


async def let_in(source: Source) -> None:
    """
    Make sure that the account is let into the database: before anything is changed.

    Raises:
        Refused: It is not, or a database that is named is missing; the message says why, and how
            to cure it.
    """
    try:
        async with sql.database_of(source.account, source.cluster_id) as database:
            present = await databases_of(database)
    except (DatabaseRefused, NotSent, BadSetting) as error:
        told = f"what is in cluster {source.cluster_name} cannot be compared: {error}"
        raise Refused(told) from error
    if told := _missing(source, present):
        raise Refused(told)


async def looked_at(source: Source, when: str, like: Fingerprint | None = None) -> Fingerprint:
    """
    What is in the source, looked at once in a run under the name of a moment.

    Args:
        when: E.g. ``before``.
        like: An earlier fingerprint it will be compared with.

    Raises:
        Stopped: A database that is named is missing.
    """

    async def find() -> Fingerprint:
        found = await sql.fingerprint_cluster(
            source.account, source.cluster_id, source.bounds, source.databases, like
        )
        if told := _missing(source, found.databases):
            raise Stopped(told)
        source.run.note("fingerprint taken", when=when, tables=len(found.tables), rows=found.rows)
        return found

    return await found_once(source.run, f"fingerprint {when}", Fingerprint, find)


def _missing(source: Source, present: Sequence[str]) -> str:
    """What is wrong with the databases that are named; empty if nothing is."""
    absent = [name for name in source.databases if name not in present]
    told = f"databases: cluster {source.cluster_name} has no {', '.join(absent)}; it has "
    return f"{told}{', '.join(present)}" if absent else ""


async def enclosed(source: Source, snapshot_id: str, *, has_canary: bool) -> Reference:
    """What a snapshot that was just taken must hold, kept for later runs as well."""
    before = await looked_at(source, "before")
    after = await looked_at(source, "after", before)
    reference = Reference(
        run_id=source.run.id,
        databases=source.databases,
        before=before,
        after=after,
        has_canary=has_canary,
    )
    keep(source.run.engine, snapshot_id, reference)
    return reference


async def proved_by_restore(
    source: Source, snapshot_id: str, reference: Reference, acceptance: Sequence[str] = ()
) -> Findings:
    """
    Restore a snapshot to a scratch cluster, look at all that is in it, delete it.

    Whether the findings are good is for the caller to say; that they are not is written down for
    those who choose among snapshots. The scratch cluster is gone then.

    Raises:
        Stopped: The snapshot cannot be restored, or the copy cannot be looked at.
        WaitTimedOut, RequestFailed, Unreachable: As of waits, calls and connections.
    """
    scratch = Scratch(source.run, source.account, snapshot_id, source.ensure)
    told = source.run.recall("findings")
    if told is not None:
        found = Findings.model_validate(told)
        judged(source.run.engine, snapshot_id, source.run.id, is_good=not found.wrong)
        await remove(scratch)
        return found
    async with scratch_cluster(scratch) as restored:
        copy_id, restore_s = restored.cluster.id, restored.restore_s
        source.run.note("restored", name=scratch.name, id=copy_id, seconds=round(restore_s))
        look = _Look(source, reference, copy_id, acceptance)
        findings = await look.findings(scratch.name, restore_s)
        # Before the copy goes: a second attempt could not look again.
        source.run.remember("findings", findings.model_dump(mode="json"))
        judged(source.run.engine, snapshot_id, source.run.id, is_good=not findings.wrong)
    for path in findings.wrong:
        source.run.note("difference", told=path)
    for remark in findings.remarks:
        source.run.note("remark", told=remark)
    return findings


@dataclass(frozen=True)
class _Look:
    source: Source
    reference: Reference
    copy_id: str
    acceptance: Sequence[str]

    async def findings(self, name: str, restore_s: float) -> Findings:
        account, reference = self.source.account, self.reference
        await self._let_in()
        restored = await sql.fingerprint_cluster(
            account, self.copy_id, self.source.bounds, reference.databases, reference.before
        )
        return Findings(
            scratch_name=name,
            scratch_id=self.copy_id,
            restore_s=restore_s,
            tables=judge(reference, restored),
            acceptance=await sql.accept_database(account, self.copy_id, self.acceptance),
            canary_rows=await self._canary_rows(),
            left_out=reference.before.left_out,
        )

    async def _let_in(self) -> None:
        """The copy has the password of the snapshot's time (assumed); it may have been changed."""
        account = self.source.account
        try:
            await sql.wait_until_database_answers(account, self.copy_id)
        except WrongPassword:
            self.source.ensure()
            await self._given_the_password()
            await sql.wait_until_database_answers(account, self.copy_id)

    async def _given_the_password(self) -> None:
        try:
            await sql.give_own_password(self.source.account, self.copy_id)
        except (BadSetting, RequestFailed) as error:
            raise Stopped(f"the restored copy lets nobody in: {error}") from error
        self.source.run.note("password of the restored copy set", id=self.copy_id)

    async def _canary_rows(self) -> int | None:
        if not self.reference.has_canary:
            return None
        return await sql.count_canary(self.source.account, self.copy_id, self.reference.run_id)
