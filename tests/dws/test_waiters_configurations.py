"""When the wait for parameters ends."""

from __future__ import annotations

import pytest

from dws.client import Client
from dws.operations.clusters import ListClusters
from dws.operations.configurations import (
    ListClusterConfigurations,
    ListClusterConfigurationsParameter,
    NewValue,
    UpdateConfiguration,
)
from dws.told.configurations import Configuration, Configurations
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.configurations import judge_parameters, parameters_applied
from tests.virtual_clock import VirtualClock


def _groups(*statuses: str) -> Configurations:
    return Configurations(
        configurations=[
            Configuration(id=str(n), name=f"group-{n}", status=status, fail_reason="why")
            for n, status in enumerate(statuses)
        ]
    )


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        (_groups(), Done()),
        (_groups("In-Sync", "Pending-Reboot"), Done()),
        (_groups("In-Sync", "Applying"), Busy("Applying")),
        (_groups("Applying", "Sync-Failure"), Failed("group-1: Sync-Failure why")),
    ],
)
def test_parameters_are_judged_by_the_status_of_their_groups(
    told: Configurations, verdict: Verdict
) -> None:
    assert judge_parameters(told) == verdict


async def test_the_wait_for_parameters_ends_when_they_are_applied(
    client: Client, clock: VirtualClock
) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id
    look = ListClusterConfigurations(cluster_id=cluster_id)
    groups = (await client.call(look)).configurations
    group = next(group.id for group in groups if group.type == "parameterGroup")
    wanted = [NewValue(type="CN", name="query_dop", value="4")]

    await client.call(
        UpdateConfiguration(cluster_id=cluster_id, configuration_id=group, configurations=wanted)
    )
    await parameters_applied.wait(client, look)

    told = await client.call(
        ListClusterConfigurationsParameter(cluster_id=cluster_id, configuration_id=group)
    )
    dop = next(p for p in told.configurations if p.name == "query_dop")
    assert (dop.value("CN"), dop.value("DN"), dop.value("XN")) == ("4", "1", None)
