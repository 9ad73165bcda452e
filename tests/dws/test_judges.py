"""Verdicts on real combinations of states: facts/service_and_peers A1 to A4."""

from __future__ import annotations

from typing import Any

import pytest

from dws.shapes import Cluster
from dws.waiter import Busy, Done, Failed, Verdict
from dws.waiters import (
    judge_cluster,
    judge_deletion,
    percent,
)

PENDING = [
    "UNFREEZING",
    "FREEZING",
    "RESTORING",
    "SNAPSHOTTING",
    "GROWING",
    "REBOOTING",
    "SETTING_CONFIGURATION",
    "CONFIGURING_EXT_DATASOURCE",
    "DELETING_EXT_DATASOURCE",
    "ADD_CN_ING",
    "DEL_CN_ING",
    "CREATING_NODE",
    "DELETING_NODE",
    "REDISTRIBUTING",
    "ELB_BINDING",
    "ELB_UNBINDING",
    "ELB_SWITCHING",
    "NETWORK_CONFIGURING",
    "DISK_EXPANDING",
    "ACTIVE_STANDY_SWITCHOVER",
    "CLUSTER_SHRINKING",
    "SHRINK_CHECKING",
    "FLAVOR_RESIZING",
    "MANAGE_IP_BINDING",
    "FINE_GRAINED_RESTORING",
    "DR_RECOVERING",
    "STARTING",
    "STOPPING",
    "STOPING",
]
FAILED = [
    "REBOOT_FAILURE",
    "RESIZE_FAILURE",
    "CREATE_NODE_FAILED",
    "DELETE_NODE_FAILED",
    "REDISTRIBUTE_FAILURE",
    "ELB_BIND_FAILED",
    "ELB_UNBIND_FAILED",
    "ELB_SWITCHING_FAILED",
    "NETWORK_CONFIG_FAILED",
    "DISK_EXPAND_FAILED",
    "ACTIVE_STANDY_SWITCHOVER_FAILURE",
    "CLUSTER_SHRINK_FAILED",
    "SHRINK_CHECK_FAILED",
    "FLAVOR_RESIZING_FAILED",
    "MANAGE_IP_BIND_FAILED",
    "RESTORING_FAILED",
    "SNAPSHOTTING_FAILED",
    "FINE_GRAINED_RESTORING_FAILED",
]
PARKED = ["WAITING_REDISTRIBUTION", "REDISTRIBUTION_PAUSED", "ORDER_PENDING"]


def cluster(**told: Any) -> Cluster:
    return Cluster.model_validate({"id": "c1", "status": "AVAILABLE", **told})


@pytest.mark.parametrize("status", ["AVAILABLE", "ACTIVE"])
@pytest.mark.parametrize("task", [None, ""])
@pytest.mark.parametrize("progress", [None, "", {}])
@pytest.mark.parametrize(
    "flags",
    [
        None,
        "",
        "NORMAL",
        "READONLY",
        "UNBALANCED",
        "DEGRADED",
        "UNBALANCED | READONLY",
        "DEGRADED | UNBALANCED | READONLY",
    ],
)
def test_a_usable_idle_cluster_is_settled(
    status: str, task: Any, progress: Any, flags: Any
) -> None:
    told = cluster(status=status, task_status=task, action_progress=progress, sub_status=flags)

    assert judge_cluster(told) == Done()


@pytest.mark.parametrize("task", PENDING)
@pytest.mark.parametrize("status", ["AVAILABLE", "UNAVAILABLE", "FROZEN", "CREATING"])
def test_a_task_keeps_a_cluster_busy_whatever_its_status(status: str, task: str) -> None:
    """An offline growth makes a cluster UNAVAILABLE for a while."""
    assert judge_cluster(cluster(status=status, task_status=task)) == Busy(task)


@pytest.mark.parametrize("task", FAILED)
def test_a_failed_task_ends_a_wait(task: str) -> None:
    told = cluster(
        task_status=task, failed_reasons={"error_code": "DWS.0114", "error_msg": "no address"}
    )

    assert judge_cluster(told) == Failed(f"its last task ended in {task} (DWS.0114 no address)")


@pytest.mark.parametrize("task", PARKED)
def test_what_waits_for_a_person_ends_a_wait(task: str) -> None:
    verdict = judge_cluster(cluster(task_status=task))

    assert isinstance(verdict, Failed)
    assert task in verdict.why


@pytest.mark.parametrize(
    "status",
    [
        "FAILED",
        "CREATE_FAILED",
        "CREATION FAILED",
        "DELETE_FAILED",
        "DELETION FAILED",
        "FROZEN",
        "POLICE_FROZEN",
        "DELETED",
        "UNAVAILABLE",
        "STOPPED",
    ],
)
def test_a_status_that_leads_nowhere_ends_a_wait(status: str) -> None:
    verdict = judge_cluster(cluster(status=status))

    assert isinstance(verdict, Failed)
    assert status in verdict.why


@pytest.mark.parametrize(
    "flags",
    [
        "REDISTRIBUTION-FAILURE",
        "UNBALANCED | REDISTRIBUTION-FAILURE",
        "DEGRADED | UNBALANCED | READONLY | REDISTRIBUTION-FAILURE",
    ],
)
def test_a_failed_redistribution_ends_a_wait(flags: str) -> None:
    assert judge_cluster(cluster(sub_status=flags)) == Failed("its redistribution failed")


@pytest.mark.parametrize("flags", ["REDISTRIBUTING", "UNBALANCED | REDISTRIBUTING"])
def test_a_redistribution_under_way_is_busy(flags: str) -> None:
    assert judge_cluster(cluster(sub_status=flags)) == Busy("REDISTRIBUTING")


@pytest.mark.parametrize(
    ("told", "verdict"),
    [
        ({"task_status": "SNAPSHOTTING", "action_progress": {}}, Busy("SNAPSHOTTING")),
        ({"task_status": None, "action_progress": {"CREATING": "20%"}}, Busy("CREATING", 20.0)),
        (
            {"task_status": "GROWING", "action_progress": {"GROWING": "16%"}},
            Busy("GROWING", 16.0),
        ),
        (
            {"task_status": "GROWING", "action_progress": {"GROWING": "16%", "REPAIRING": "1%"}},
            Busy("GROWING", 16.0),
        ),
        ({"task_status": "", "action_progress": {"REPAIRING": ""}}, Busy("REPAIRING")),
        ({"status": "CREATING"}, Busy("CREATING")),
        ({"status": "DELETING"}, Busy("DELETING")),
        ({"status": "STARTING"}, Busy("STARTING")),
    ],
)
def test_a_busy_cluster_tells_what_it_is_at_and_how_far(
    told: dict[str, Any], verdict: Verdict
) -> None:
    assert judge_cluster(cluster(**told)) == verdict


@pytest.mark.parametrize(
    "told",
    [
        {"status": "SOMETHING_NEW"},
        {"status": "AVAILABLE", "task_status": "SOMETHING_NEW"},
        {"status": "AVAILABLE", "task_status": "SETTLING"},
        {"status": "available"},
        {"status": ""},
        {"status": "AVAILABLE", "action_progress": {"SOMETHING_NEW": "?"}},
    ],
)
def test_a_word_that_is_not_known_is_busy(told: dict[str, Any]) -> None:
    assert isinstance(judge_cluster(cluster(**told)), Busy)


@pytest.mark.parametrize(
    ("told", "kind"),
    [
        ({"status": "DELETED"}, Done),
        ({"status": "DELETING"}, Busy),
        ({"status": "AVAILABLE"}, Busy),
        ({"status": "UNAVAILABLE"}, Busy),
        ({"status": "SOMETHING_NEW"}, Busy),
        ({"status": "CREATE_FAILED"}, Busy),
        ({"status": "AVAILABLE", "task_status": "RESIZE_FAILURE"}, Busy),
        ({"status": "DELETE_FAILED"}, Failed),
        ({"status": "DELETION FAILED"}, Failed),
        ({"status": "FROZEN"}, Failed),
        ({"status": "POLICE_FROZEN"}, Failed),
    ],
)
def test_a_deletion_is_over_when_the_cluster_is(told: dict[str, Any], kind: type[Verdict]) -> None:
    assert type(judge_deletion(cluster(**told))) is kind


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("16%", 16.0),
        ("16", 16.0),
        ("16.5 %", 16.5),
        (" 100% ", 100.0),
        ("", None),
        (None, None),
        ("soon", None),
        ("-1", None),
        ("1e3%", None),
    ],
)
def test_a_percentage_is_read_or_none(text: str | None, read: float | None) -> None:
    assert percent(text) == read
