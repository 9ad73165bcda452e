"""Pairs of clusters: made, started, synchronised, turned, broken, rebuilt, parted."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from dws.emulator import Emulator, WorldSpec
from dws.operations import disaster_recovery as ops
from dws.told import disaster_recovery as told_shapes
from tests.emulator.conftest import Serve
from tests.emulator.service import BUSY, Service, new_cluster, refused

WORLD: dict[str, Any] = {
    "clusters": [
        {"name": "near", "data_gb": 240.0},
        {"name": "far", "data_gb": 1.0},
        {"name": "spare"},
        {"name": "small", "nodes": 4},
        {"name": "old-1", "version": "8.1.1.202"},
        {"name": "old-2", "version": "8.1.1.202"},
    ],
    "snapshots": [],
    "disaster_recoveries": [],
}


@pytest.fixture
def cloud(serve: Serve) -> Service:
    return serve(**WORLD)


class Pairing:
    """One pair, and what is done to it."""

    def __init__(self, service: Service, pair_id: str) -> None:
        self.service, self.id = service, pair_id

    def do(self, what: str) -> Any:
        return self.service.send("POST", f"v2/disaster-recovery/{self.id}/{what}")

    def done(self, what: str, seconds: float = 1000) -> None:
        answered = self.do(what)
        assert answered.json() == {"disaster_recovery": {"id": self.id}}, answered.text
        self.service.advance(seconds)

    def show(self) -> ops.DisasterRecovery:
        told = self.service.get(f"v2/disaster-recovery/{self.id}")
        return ops.ShowDisasterDetail.reply_type().model_validate(told).disaster_recovery

    @property
    def status(self) -> str:
        return self.show().status

    def progress(self) -> told_shapes.DisasterProgress:
        told = self.service.get(f"v1/disaster-recovery/{self.id}/show-progress")
        reply = ops.ShowDisasterProgress.reply_type().model_validate(told)
        return reply.disaster_recovery_progress

    def delete(self) -> Any:
        return self.service.send("DELETE", f"v2/disaster-recovery/{self.id}")

    def update(self, **told: Any) -> Any:
        body = {"disaster_recovery": told}
        return self.service.send("PUT", f"v2/disaster-recovery/{self.id}", body)


def asked(service: Service, primary: str, standby: str, **told: Any) -> Any:
    body = {
        "name": "pair-1",
        "dr_type": "az",
        "dr_sync_period": "30m",
        "primary_cluster_id": service.id_of(primary),
        "standby_cluster_id": service.id_of(standby),
        **told,
    }
    return service.send("POST", "v2/disaster-recoveries", {"disaster_recovery": body})


def made(service: Service, primary: str = "near", standby: str = "far", **told: Any) -> Pairing:
    answered = asked(service, primary, standby, **told)
    assert answered.status_code == 200, answered.text
    pair = Pairing(service, answered.json()["disaster_recovery"]["id"])
    service.advance(200)
    return pair


def running(service: Service, primary: str = "near", standby: str = "far") -> Pairing:
    pair = made(service, primary, standby)
    pair.done("start", 700)
    assert pair.status == "running"
    return pair


def broken(service: Service, primary: str = "near", standby: str = "far") -> Pairing:
    """A pair whose primary broke at a synchronisation."""
    pair = running(service, primary, standby)
    service.fault("task_fails", "StartDisasterRecovery", task_status="UNAVAILABLE")
    service.advance(1800)
    return pair


def test_a_pair_is_made_listed_shown_started_stopped_and_deleted(cloud: Service) -> None:
    near, far = cloud.id_of("near"), cloud.id_of("far")
    answered = asked(cloud, "near", "far")
    pair = Pairing(cloud, answered.json()["disaster_recovery"]["id"])
    seen = [pair.status]
    cloud.advance(200)
    seen.append(pair.status)
    for what in ("start", "pause"):
        pair.done(what, 10)
        seen.append(pair.status)
        cloud.advance(700)
        seen.append(pair.status)
    listed = cloud.get("v2/disaster-recoveries")["disaster_recovery"]
    found = pair.show()
    deleted = pair.delete()
    seen.append(pair.status)
    again = pair.delete()
    cloud.advance(100)

    assert seen == [
        "creating",
        "unstart",
        "starting",
        "running",
        "stopping",
        "stopped",
        "deleting",
    ]
    assert (found.primary_cluster_id, found.standby_cluster_id) == (near, far)
    assert found.primary_cluster
    assert (found.primary_cluster.role, found.dr_sync_period) == ("primary", "30m")
    assert (listed[0]["primary_cluster_name"], listed[0]["standby_cluster_status"]) == (
        "near",
        "stopped",
    )
    assert (deleted.status_code, again.status_code) == (200, 200)
    gone = cloud.send("GET", f"v2/disaster-recovery/{pair.id}")
    assert refused(gone) == (400, "DWS.10101")
    assert cloud.get("v2/disaster-recoveries")["disaster_recovery"] == []


@pytest.mark.parametrize(
    ("told", "code"),
    [
        ({"name": "PAIR-0"}, (409, "DWS.5050")),
        ({"name": "x"}, (400, "DWS.5001")),
        ({"dr_sync_period": "3h"}, (400, "DWS.5065")),
        ({"dr_sync_period": "3001m"}, (400, "DWS.5065")),
        ({"dr_type": "moon"}, (400, "DWS.5065")),
        ({"standby_cluster_id": "nothing"}, (404, "DWS.0047")),
    ],
)
def test_a_pair_that_does_not_fit_is_refused(
    cloud: Service, told: dict[str, Any], code: tuple[int, str]
) -> None:
    made(cloud, "spare", "far", name="pair-0")

    assert refused(asked(cloud, "near", "far", **told)) == code


@pytest.mark.parametrize(
    ("primary", "standby", "code"),
    [
        ("near", "near", (400, "DWS.5039")),
        ("near", "small", (400, "DWS.5034")),
        ("near", "old-1", (400, "DWS.5005")),
        ("near", "elsewhere", (400, "DWS.5014")),
        ("near", "spare", BUSY),
    ],
)
def test_clusters_that_do_not_go_together_are_not_paired(
    cloud: Service, primary: str, standby: str, code: tuple[int, str]
) -> None:
    cloud.post("v1.0/clusters", new_cluster("elsewhere"))
    cloud.advance(910)
    made(cloud, "spare", "far", name="pair-0")

    assert refused(asked(cloud, primary, standby)) == code


def test_clusters_with_logical_clusters_are_not_paired(cloud: Service) -> None:
    cloud.post(f"v2/clusters/{cloud.id_of('far')}/convert-to-logical-cluster/lc_first")
    cloud.advance(3600)

    assert refused(asked(cloud, "near", "far")) == (400, "DWS.5095")


def test_available_clusters_are_those_that_could_be_paired(cloud: Service) -> None:
    def available(zone: str = "eu-de-01", **told: str) -> set[str]:
        query = {"primary_cluster_id": cloud.id_of("near"), "standby_az_code": zone, **told}
        reply = cloud.get("v2/disaster-recovery-clusters", **query)
        found = ops.ListAvailableDisasterClusters.reply_type().model_validate(reply)
        return {cluster.name for cluster in found.disaster_recovery_clusters}

    free = available(standby_region="", dr_type="")
    nowhere = available("az1.dc1")
    older = available(datastore_version="8.1.1.202")
    cloud.take(cloud.id_of("spare"), "backup-1", wait=False)
    idle = available()

    assert free == {"far", "spare"}
    assert nowhere == older == set()
    assert idle == {"far"}


def test_a_name_is_checked_in_whatever_case(cloud: Service) -> None:
    made(cloud)

    free = cloud.send("GET", "v2/disaster-recovery/check-name", params={"dr_name": "pair-2"})
    taken = cloud.send("GET", "v2/disaster-recovery/check-name", params={"dr_name": "PAIR-1"})

    assert (free.status_code, free.json()) == (200, {})
    assert refused(taken) == (409, "DWS.5050")


def test_a_running_pair_locks_both_clusters_and_its_standby_against_backups(
    cloud: Service,
) -> None:
    running(cloud)
    near, far = cloud.id_of("near"), cloud.id_of("far")
    restarts = [
        cloud.send("POST", f"v1.0/clusters/{c}/restart", {"restart": {}}) for c in (near, far)
    ]
    backups = [
        cloud.send("POST", "v1.0/snapshots", {"snapshot": {"name": f"b-{n}xx", "cluster_id": c}})
        for n, c in enumerate((far, near))
    ]

    assert [refused(answered) for answered in restarts] == [BUSY, BUSY]
    assert refused(cloud.delete_cluster(near)) == BUSY
    assert refused(backups[0]) == BUSY
    assert backups[1].status_code == 200


def test_each_request_has_the_states_it_is_taken_in(cloud: Service) -> None:
    pair = made(cloud)
    unstarted = [refused(pair.do(what)) for what in ("pause", "switchover", "failover", "recovery")]
    pair.done("start", 700)
    started = [refused(pair.do(what)) for what in ("start", "failover", "recovery")]

    assert unstarted == [BUSY] * 4
    assert started == [BUSY] * 3
    assert refused(pair.update(dr_sync_period="1d")) == BUSY
    assert refused(pair.delete()) == BUSY


def test_synchronisations_come_by_the_period_and_tell_rpo_and_rto(cloud: Service) -> None:
    pair = running(cloud)
    cloud.advance(1000)
    before = pair.progress()
    cloud.advance(1000)
    after, shown = pair.progress(), pair.show()

    assert before.recovery_point_object
    assert before.recovery_point_object > 900
    assert after.recovery_point_object
    assert after.recovery_point_object < 1000
    assert after.recovery_time_object
    assert after.recovery_time_object > 0
    assert after.last_recovery_spend
    assert (after.primary_cluster and after.primary_cluster.action_type) == "Backup"
    assert (after.standby_cluster and after.standby_cluster.unrestore_keys) == "N/A"
    assert after.latest_barrier_time == shown.last_disaster_time
    assert cloud.cluster(cloud.id_of("far"))["status"] == "AVAILABLE"


def test_a_period_counts_from_the_next_start_on(cloud: Service) -> None:
    pair = made(cloud)
    answered = pair.update(dr_sync_period="1d", send_request=0)
    pair.done("start", 700)
    cloud.advance(3600)

    assert answered.json() == {"disaster_recovery": {"id": pair.id}}
    assert pair.show().dr_sync_period == "1d"
    assert (pair.progress().recovery_point_object or 0) > 3600


def test_a_switchover_shows_late_takes_production_away_and_swaps_the_roles(
    cloud: Service,
) -> None:
    near, far = cloud.id_of("near"), cloud.id_of("far")
    pair = running(cloud)
    pair.do("switchover")
    at_once, again = pair.show(), refused(pair.do("switchover"))
    cloud.advance(30)
    during, production = pair.show(), cloud.cluster(near)["status"]
    cloud.advance(500)
    after = pair.show()

    assert (at_once.status, at_once.primary_cluster_id, again) == ("running", near, BUSY)
    assert (during.status, production) == ("switchovering", "UNAVAILABLE")
    assert (after.status, after.primary_cluster_id) == ("running", far)
    assert cloud.cluster(near)["status"] == "AVAILABLE"
    pair.done("switchover", 500)
    assert pair.show().primary_cluster_id == near


def test_a_failed_switchover_leaves_the_roles_and_brings_production_back(cloud: Service) -> None:
    near = cloud.id_of("near")
    pair = running(cloud)
    cloud.fault("task_fails", "SwitchoverDisasterRecovery", task_status="abnormal")

    pair.done("switchover", 500)

    assert (pair.status, pair.show().primary_cluster_id) == ("abnormal", near)
    assert cloud.cluster(near)["status"] == "AVAILABLE"


@pytest.mark.parametrize(
    ("operation", "what", "status"),
    [
        ("StartDisasterRecovery", "start", "start_failed"),
        ("PauseDisasterRecovery", "pause", "stop_failed"),
    ],
)
def test_what_fails_can_be_tried_again(
    cloud: Service, operation: str, what: str, status: str
) -> None:
    pair = made(cloud) if what == "start" else running(cloud)
    cloud.fault("task_fails", operation, task_status=status)
    pair.done(what)
    failed = pair.status

    pair.done(what)

    assert failed == status
    assert pair.status == {"start": "running", "pause": "stopped"}[what]


def test_a_creation_that_failed_can_be_deleted_only(cloud: Service) -> None:
    cloud.fault("task_fails", "CreateDisasterRecovery", task_status="create_failed")
    pair = made(cloud)

    assert pair.status == "create_failed"
    assert refused(pair.do("start")) == BUSY
    assert pair.delete().status_code == 200


def test_a_stuck_start_never_ends(cloud: Service) -> None:
    pair = made(cloud)
    cloud.fault("stuck", "StartDisasterRecovery")

    pair.done("start", 80000)

    assert pair.status == "starting"
    assert (pair.show().standby_cluster or told_shapes.Side(id="")).progress == "33"


def test_a_stuck_synchronisation_leaves_the_standby_behind(cloud: Service) -> None:
    pair = running(cloud)
    cloud.fault("stuck", "StartDisasterRecovery")

    cloud.advance(3 * 1800)

    progress = pair.progress()
    assert pair.status == "running"
    assert (progress.recovery_point_object or 0) > 3 * 1800
    assert progress.standby_cluster
    assert len((progress.standby_cluster.unrestore_keys or "").split(",")) == 3


def test_a_broken_primary_is_failed_over_and_the_pair_rebuilt(cloud: Service) -> None:
    near, far = cloud.id_of("near"), cloud.id_of("far")
    pair = broken(cloud)
    found, production = pair.show(), cloud.cluster(near)["status"]
    too_early = refused(pair.do("recovery"))
    pair.done("failover", 500)
    promoted, twice = pair.show(), refused(pair.do("failover"))
    not_yet = refused(pair.do("recovery"))
    restart = cloud.send("POST", f"v1.0/clusters/{far}/restart", {"restart": {}})
    cloud.advance(1300)
    repaired = cloud.cluster(near)["status"]
    pair.done("recovery", 60)
    rebuilding, task = pair.status, cloud.cluster(near)["task_status"]
    cloud.advance(900)

    assert (found.status, found.primary_cluster_id, production) == ("abnormal", near, "UNAVAILABLE")
    assert (promoted.status, promoted.primary_cluster_id) == ("abnormal", far)
    assert too_early == twice == not_yet == BUSY
    assert restart.status_code == 200
    assert repaired == "AVAILABLE"
    assert (rebuilding, task) == ("starting", "DR_RECOVERING")
    assert (pair.status, pair.show().primary_cluster_id) == ("running", far)


def test_a_recovery_that_fails_leaves_the_pair_abnormal(cloud: Service) -> None:
    pair = broken(cloud)
    pair.done("failover", 2000)
    cloud.fault("task_fails", "RestoreDisaster", task_status="DR_RECOVERING_FAILED")

    pair.done("recovery", 1000)

    assert pair.status == "abnormal"
    assert cloud.cluster(cloud.id_of("near"))["task_status"] == "DR_RECOVERING_FAILED"
    pair.done("recovery", 1000)
    assert pair.status == "running"


def test_a_failover_loses_what_was_not_synchronised(cloud: Service) -> None:
    pair = broken(cloud)
    behind = pair.progress().recovery_point_object

    pair.done("failover", 500)

    assert behind
    assert behind >= 1800
    latest = pair.show().last_disaster_time
    assert latest == pair.progress().latest_barrier_time


def test_an_old_version_does_not_fail_over(cloud: Service) -> None:
    pair = broken(cloud, "old-1", "old-2")

    assert refused(pair.do("failover")) == (400, "DWS.5206")
    assert refused(pair.do("recovery")) == (400, "DWS.5206")


def test_a_world_may_begin_with_a_broken_primary(serve: Serve) -> None:
    clusters = [{"name": "near", "status": "UNAVAILABLE"}, {"name": "far"}]
    told = [{"name": "pair-1", "primary": "near", "standby": "far"}]
    service = serve(clusters=clusters, snapshots=[], disaster_recoveries=told)
    pair = Pairing(service, service.state()["disaster_recoveries"][0]["id"])

    service.advance(120)

    assert pair.status == "abnormal"
    pair.done("failover", 500)
    assert pair.show().primary_cluster_id == service.id_of("far")


def test_a_pair_that_loses_a_cluster_is_abnormal(cloud: Service) -> None:
    pair = made(cloud)
    cloud.delete_cluster(cloud.id_of("far"))
    cloud.advance(310)

    assert pair.status == "abnormal"
    assert pair.delete().status_code == 200


def test_pairs_survive_a_restart(tmp_path: Path) -> None:
    world, state = WorldSpec.model_validate(WORLD), tmp_path / "world.db"
    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        pair = running(service)
        pair.do("switchover")
        service.http.close()

    with Emulator.serving(speed=0.0, world=world, state=state) as server:
        service = Service(server.url)
        pair = Pairing(service, pair.id)
        service.advance(500)
        turned = pair.show()
        service.advance(1800)
        synced = pair.show()
        far = service.id_of("far")
        service.http.close()

    assert (turned.status, turned.primary_cluster_id) == ("running", far)
    assert turned.last_disaster_time
    assert synced.last_disaster_time
    assert synced.last_disaster_time > turned.last_disaster_time


def test_a_world_may_begin_after_a_failover(serve: Serve) -> None:
    told = {"name": "pair-0", "primary": "far", "standby": "near", "status": "abnormal"}
    service = serve(**WORLD | {"disaster_recoveries": [told | {"failed_over": True}]})
    pair = Pairing(service, service.get("v2/disaster-recoveries")["disaster_recovery"][0]["id"])
    last = pair.show().last_disaster_time

    pair.done("recovery")

    assert last is not None
    assert (pair.status, pair.show().primary_cluster_id) == ("running", service.id_of("far"))


def test_a_cluster_breaks_when_it_is_told_and_can_be_failed_over(serve: Serve) -> None:
    clusters = [{"name": "near", "breaks_after": "PT1H"}, {"name": "far"}]
    told = [{"name": "pair-0", "primary": "near", "standby": "far", "sync_period": "9d"}]
    service = serve(clusters=clusters, snapshots=[], disaster_recoveries=told)
    pair = Pairing(service, service.get("v2/disaster-recoveries")["disaster_recovery"][0]["id"])
    near = service.id_of("near")
    service.advance(3500)
    before = service.cluster(near)["status"]
    service.advance(200)
    broken = service.cluster(near)["status"]

    pair.done("failover")

    assert (before, broken) == ("AVAILABLE", "UNAVAILABLE")
    assert pair.show().primary_cluster_id == service.id_of("far")
