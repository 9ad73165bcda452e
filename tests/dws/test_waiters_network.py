from __future__ import annotations

from typing import Any

import pytest

from dws.client import Client
from dws.errors import WaitFailed
from dws.operations.clusters import ListClusters
from dws.operations.network import ClusterEndpoints, CreateClusterDns, ListClusterEndpoints
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters.network import (
    judge_private_domain,
    judge_public_domain,
    judge_public_domain_gone,
    private_domain_ready,
    public_domain_ready,
)
from tests.virtual_clock import VirtualClock


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"domain_name": "demo", "domain_name_status": "ACTIVE"}, Done()),
        ({"domain_name": "demo", "domain_name_status": None}, Done()),
        ({"domain_name": "demo", "domain_name_status": "PENDING_UPDATE"}, Busy("PENDING_UPDATE")),
        ({"domain_name": "demo", "domain_name_status": "SOMETHING"}, Busy("SOMETHING")),
        ({"domain_name": None}, Busy("no domain name yet")),
        ({"domain_name": "demo", "domain_name_status": "ERROR"}, Failed),
        ({"domain_name": "demo", "domain_name_status": "CREATE_FAILED"}, Failed),
    ],
)
def test_a_domain_is_judged_by_its_status(told: dict[str, Any], verdict: Any) -> None:
    inside = judge_private_domain(_endpoints(private_endpoints=told))
    outside = judge_public_domain(_endpoints(private_endpoints=None, public_endpoints=told))

    assert _is(inside, verdict)
    assert _is(outside, verdict)


def test_without_an_elastic_ip_a_public_domain_never_comes() -> None:
    assert isinstance(judge_public_domain(_endpoints(private_endpoints={})), Failed)
    assert judge_private_domain(_endpoints(private_endpoints=None)) == Busy(
        "no private endpoint yet"
    )


@pytest.mark.parametrize(
    ("outside", "verdict"),
    [
        (None, Done()),
        ({"domain_name": None}, Done()),
        ({"domain_name": ""}, Done()),
        ({"domain_name": "demo", "domain_name_status": "PENDING_DELETE"}, Busy("PENDING_DELETE")),
        ({"domain_name": "demo", "domain_name_status": None}, Busy("ACTIVE")),
        ({"domain_name": "demo", "domain_name_status": "ERROR"}, Failed),
        ({"domain_name": "demo", "domain_name_status": "DELETE_FAILED"}, Failed),
    ],
)
def test_a_domain_is_gone_when_it_is_told_no_more(outside: Any, verdict: Any) -> None:
    told = _endpoints(private_endpoints=None, public_endpoints=outside)

    assert _is(judge_public_domain_gone(told), verdict)


async def test_the_wait_for_a_domain_ends_with_it(client: Client, clock: VirtualClock) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id
    await client.call(CreateClusterDns(cluster_id=cluster_id, name="demo", type="private"))

    told = await private_domain_ready.wait(client, ListClusterEndpoints(cluster_id=cluster_id))

    assert told is not None
    assert told.private_endpoints is not None
    assert told.private_endpoints.domain_name_status == "ACTIVE"


async def test_the_wait_for_a_public_domain_fails_without_an_elastic_ip(
    client: Client, clock: VirtualClock
) -> None:
    cluster_id = (await client.call(ListClusters())).clusters[0].id

    with pytest.raises(WaitFailed, match="no elastic IP"):
        await public_domain_ready.wait(client, ListClusterEndpoints(cluster_id=cluster_id))


def _endpoints(**told: Any) -> ClusterEndpoints:
    return ClusterEndpoints.model_validate(told)


def _is(verdict: Verdict, expected: Any) -> bool:
    return isinstance(verdict, expected) if isinstance(expected, type) else verdict == expected
