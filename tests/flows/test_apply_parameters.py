from __future__ import annotations

from typing import Any

import pytest

from flows.apply_parameters import apply_parameters
from runbooks.engine.actions import action_named
from tasks.configurations import parameter_groups
from tasks.run import Refused, Stopped
from tasks.windows import Window
from tests.cloud import Cloud
from tests.virtual_clock import VirtualClock

pytestmark = pytest.mark.usefixtures("clock")


async def values(account: str, cloud: Cloud, name: str) -> dict[str, str]:
    """The values of a parameter by role."""
    groups = await parameter_groups(account, cloud.state()["clusters"][0]["id"])
    found = [item for group in groups for item in group.parameters if item.name == name]
    return {told.type.upper(): told.value for told in found[0].values}


async def test_parameters_are_set_and_read_back(cloud: Cloud, account: str) -> None:
    left = await apply_parameters(
        account, "demo", {"work_mem": "128000", "CN:session_timeout": "900s"}, run_id="r1"
    )

    assert cloud.changes() == ["UpdateConfiguration"]
    assert await values(account, cloud, "work_mem") == {"CN": "128000", "DN": "128000"}
    assert await values(account, cloud, "session_timeout") == {"CN": "900", "DN": "600"}
    assert [(item.name, item.role, item.old) for item in left.changed] == [
        ("work_mem", "CN", "65536"),
        ("work_mem", "DN", "65536"),
        ("session_timeout", "CN", "600"),
    ]
    assert not left.awaits_restart


async def test_what_is_so_already_is_left_alone(cloud: Cloud, account: str) -> None:
    left = await apply_parameters(account, "demo", {"password_effect_time": "90.0"}, run_id="r1")

    assert cloud.changes() == []
    assert left.changed == ()


async def test_a_second_run_of_the_same_id_changes_nothing_more(cloud: Cloud, account: str) -> None:
    wanted = {"max_connections": "1000"}
    first = await apply_parameters(account, "demo", wanted, restart=True, run_id="r1")

    again = await apply_parameters(account, "demo", wanted, restart=True, run_id="r1")

    assert cloud.changes() == ["UpdateConfiguration", "RestartCluster"]
    assert again == first


async def test_a_cluster_is_restarted_for_a_value_that_needs_it(cloud: Cloud, account: str) -> None:
    left = await apply_parameters(
        account, "demo", {"max_connections": "1000"}, restart=True, run_id="r1"
    )

    assert cloud.changes() == ["UpdateConfiguration", "RestartCluster"]
    assert left.restarted
    assert not left.awaits_restart


async def test_no_restart_is_made_that_was_not_allowed(cloud: Cloud, account: str) -> None:
    left = await apply_parameters(account, "demo", {"max_connections": "1000"}, run_id="r1")

    assert cloud.changes() == ["UpdateConfiguration"]
    assert left.awaits_restart


async def test_no_restart_is_made_that_is_not_needed(cloud: Cloud, account: str) -> None:
    await apply_parameters(account, "demo", {"work_mem": "128000"}, restart=True, run_id="r1")

    assert cloud.changes() == ["UpdateConfiguration"]


async def test_parameters_of_two_groups_are_set_one_after_the_other(
    cloud: Cloud, account: str
) -> None:
    wanted = {"work_mem": "128000", "password_min_length": "12"}

    await apply_parameters(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == ["UpdateConfiguration", "UpdateConfiguration"]


async def test_a_window_is_waited_for(cloud: Cloud, account: str, clock: VirtualClock) -> None:
    night = Window.parse("22:00-05:00")

    await apply_parameters(account, "demo", {"work_mem": "128000"}, window=night, run_id="r1")

    assert clock.now() > 10 * 3600
    assert cloud.changes() == ["UpdateConfiguration"]


@pytest.mark.parametrize(
    ("wanted", "told"),
    [
        ({"work_men": "1"}, r"parameters\.work_men='1': no parameter .* close to it: work_mem"),
        ({"server_version": "9"}, "it is read-only; leave it out"),
        ({"work_mem": "12"}, "it must be 64-2147483647 KB"),
        ({"work_mem": "1MB"}, "it is counted in KB; write the number alone"),
        ({"work_mem": "much"}, "it is no integer; it may be 64-2147483647 KB"),
        ({"autovacuum": "perhaps"}, "choose one of on, off"),
        ({"XN:work_mem": "65536"}, "it is a parameter of CN or DN, not of XN"),
        ({"work_mem": "70000", "CN:work_mem": "80000"}, "told twice for CN; leave one out"),
    ],
)
async def test_a_value_that_cannot_be_is_told_before_any_change(
    cloud: Cloud, account: str, wanted: dict[str, str], told: str
) -> None:
    with pytest.raises(Refused, match=told):
        await apply_parameters(account, "demo", wanted, run_id="r1")

    assert cloud.changes() == []


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "other", "standby": "demo"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_restart_under_disaster_recovery_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await apply_parameters(
            account, "demo", {"max_connections": "1000"}, restart=True, run_id="r1"
        )

    assert cloud.changes() == []


FROZEN = {"clusters": [{"name": "demo", "status": "FROZEN"}]}


@pytest.mark.parametrize("cloud", [FROZEN], indirect=True)
async def test_a_frozen_cluster_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match="its status is FROZEN"):
        await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_a_lost_answer_sets_them_once(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "UpdateConfiguration")

    await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")

    assert await values(account, cloud, "work_mem") == {"CN": "128000", "DN": "128000"}
    assert len(done(cloud)) == 1


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "UpdateConfiguration", status=status)

    await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")

    assert len(done(cloud)) == 1


async def test_old_values_are_set_again_where_new_ones_cannot_be_applied(
    cloud: Cloud, account: str
) -> None:
    """The second group fails, when the first has its new values."""
    cloud.fault("task_fails", "UpdateConfiguration", task_status="no memory", after=1)
    wanted = {"work_mem": "128000", "password_min_length": "12"}

    for _ in range(2):
        with pytest.raises(Stopped, match="no memory; the old values are in force again"):
            await apply_parameters(account, "demo", wanted, run_id="r1")

    assert await values(account, cloud, "work_mem") == {"CN": "65536", "DN": "65536"}
    assert await values(account, cloud, "password_min_length") == {"CN": "8", "DN": "8"}
    assert cloud.changes() == ["UpdateConfiguration"] * 4


async def test_old_values_that_cannot_be_set_again_are_told(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "UpdateConfiguration", task_status="no memory", times=9)

    with pytest.raises(Stopped, match="the old values could not be set again either"):
        await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")


async def test_a_group_that_had_failed_before_is_set(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "UpdateConfiguration", task_status="no memory", times=9)
    with pytest.raises(Stopped):
        await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r1")
    cloud.forget_faults()

    await apply_parameters(account, "demo", {"work_mem": "128000"}, run_id="r2")

    assert await values(account, cloud, "work_mem") == {"CN": "128000", "DN": "128000"}


async def test_a_restart_that_fails_is_told(cloud: Cloud, account: str) -> None:
    cloud.fault("task_fails", "RestartCluster", task_status="REBOOT_FAILURE")

    with pytest.raises(Stopped, match="REBOOT_FAILURE"):
        await apply_parameters(
            account, "demo", {"max_connections": "1000"}, restart=True, run_id="r1"
        )


def test_the_declaration_takes_no_empty_map() -> None:
    inputs: Any = action_named("apply_parameters").inputs

    with pytest.raises(ValueError, match="parameters"):
        inputs(cluster="demo", parameters={})


def done(cloud: Cloud) -> list[dict[str, Any]]:
    """The requests that took effect, of which one may have had no answer."""
    resets = sum(fault["kind"] == "reset" for fault in cloud.faults())
    sent = [r for r in cloud.requests("UpdateConfiguration") if r["status"] in {0, 200}]
    return sent[resets:]
