"""Parameters of a cluster set, group by group, and set back if that fails."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Generic

from dws.errors import WaitFailed
from dws.operations.configurations import NewValue
from flows.steps.change import Change, Stage, bring_about
from flows.steps.opening import settled_inside
from flows.steps.procedure import InputsT, OneCluster, Work, seen
from tasks import clusters, configurations
from tasks.beginning import was_asked
from tasks.parameters import APPLYING, FAILURE, PENDING, Group, Setting, same
from tasks.run import Stopped
from tasks.windows import Window

APPLIES = "SETTING_CONFIGURATION"
"""What the task is called meanwhile."""
_GAVE_UP = "gave up applying"


async def applied(
    work: Work[InputsT, OneCluster], wanted: Sequence[Setting], window: Window | None = None
) -> None:
    """
    Set parameters; if that fails, set what they were before.

    Args:
        wanted: Each with the value that it had when the run began.
        window: They are set only while this is open; set back at any time.

    Raises:
        Refused: They cannot be set; nothing was changed.
        Stopped: They could not be applied; the message says whether the old values are in force.
        RequestFailed, Unreachable: It was refused, or not taken in three attempts.
        WaitTimedOut: They were not applied in time; they still may be.
    """
    why = work.run.recall(_GAVE_UP)
    if why is None:
        try:
            await _set(work, "parameters", wanted, window)
        except Stopped as error:
            why = work.run.remember(_GAVE_UP, str(error))
    if why is not None:
        await _set_back(work, wanted, str(why))


async def in_force(work: Work[InputsT, OneCluster], wanted: Sequence[Setting]) -> None:
    """
    Read parameters back.

    Raises:
        Stopped: One is not what it should be.
    """
    if wrong := _differing(await _groups(work), wanted):
        told = ", ".join(f"{item.name} on {item.role.upper()}" for item in wrong)
        raise work.stop(f"parameters were set, and are not what they should be: {told}")


async def awaits_restart(work: Work[InputsT, OneCluster]) -> bool:
    """Whether a value counts only after a restart."""
    return any(group.configuration.status == PENDING for group in await _groups(work))


async def _set_back(work: Work[InputsT, OneCluster], wanted: Sequence[Setting], why: str) -> None:
    """Raises in any case: what was wanted is not so."""
    before = [item.model_copy(update={"wanted": item.old}) for item in wanted if not item.is_so]
    try:
        await _set(work, "old parameters", before, None)
    except Stopped as error:
        raise Stopped(f"{why}; the old values could not be set again either: {error}") from error
    raise Stopped(f"{why}; the old values are in force again: begin a new run")


async def _set(
    work: Work[InputsT, OneCluster], what: str, wanted: Sequence[Setting], window: Window | None
) -> None:
    for group_id in dict.fromkeys(item.group_id for item in wanted):
        group = _named(await _groups(work), group_id)
        told = f"{what} of {group.configuration.name or group_id}"
        had_failed = work.run.remember(f"{told} had failed", group.configuration.status == FAILURE)
        of_group = [item for item in wanted if item.group_id == group_id]
        await bring_about(work, _Applying(work, told, of_group, window, had_failed).change)


@dataclass(frozen=True)
class _Applying(Generic[InputsT]):
    """
    The setting of parameters of one group.

    Attributes:
        had_failed: Whether an earlier change of the group had failed, which still shows.
    """

    work: Work[InputsT, OneCluster]
    what: str
    wanted: Sequence[Setting]
    window: Window | None
    had_failed: bool

    @property
    def change(self) -> Change:
        return Change(
            what=self.what,
            stage=self._stage,
            ready=lambda: settled_inside(self.work, self.window),
            act=self._act,
            wait=self._wait,
        )

    async def _stage(self) -> Stage:
        cluster = await seen(self.work)
        groups = await _groups(self.work)
        told = _named(groups, self.wanted[0].group_id).configuration
        if told.status == APPLYING or APPLIES in {cluster.task_status, *cluster.action_progress}:
            return Stage.UNDER_WAY
        if told.status != FAILURE:
            return Stage.NOT_BEGUN if _differing(groups, self.wanted) else Stage.DONE
        if was_asked(self.work.run, self.what) and not self.had_failed:
            raise self.work.stop(f"{self.what}: {FAILURE} {told.fail_reason or ''}".strip())
        return Stage.NOT_BEGUN

    async def _act(self) -> None:
        # All of them where none differs: the group has failed, and may be half-way.
        sent = [item for item in self.wanted if not item.is_so] or self.wanted
        await configurations.update_configuration(
            self.work.account,
            cluster_id=self.work.aim.cluster_id,
            configuration_id=sent[0].group_id,
            configurations=[
                NewValue(type=item.role, name=item.name, value=item.wanted) for item in sent
            ],
        )

    async def _wait(self) -> None:
        account, cluster_id = self.work.account, self.work.aim.cluster_id
        await clusters.wait_until_cluster_task_finished(account, cluster_id=cluster_id)
        # What it judges is every group; whether that of ours has failed tells the next look.
        with suppress(WaitFailed):
            await configurations.wait_until_parameters_applied(account, cluster_id=cluster_id)


async def _groups(work: Work[InputsT, OneCluster]) -> tuple[Group, ...]:
    return await configurations.parameter_groups(work.account, work.aim.cluster_id)


def _named(groups: Sequence[Group], group_id: str) -> Group:
    return next(group for group in groups if group.configuration.id == group_id)


def _differing(groups: Sequence[Group], wanted: Sequence[Setting]) -> list[Setting]:
    present = {
        (group.configuration.id, parameter.name): parameter
        for group in groups
        for parameter in group.parameters
    }
    return [
        item
        for item in wanted
        if not same(present[item.group_id, item.name].value(item.role) or "", item.wanted)
    ]
