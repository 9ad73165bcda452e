"""Answers on disaster recovery pairs."""

from __future__ import annotations

from dws.emulator import lifecycle, matching, pairing, pairs
from dws.emulator.flavors import FLAVORS
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.quotas import clusters_of
from dws.emulator.records import Cluster, Pair
from dws.emulator.refused import Refused
from dws.emulator.world import World
from dws.operations import disaster_recovery as ops


@handles(ops.CreateDisasterRecovery)
def create_disaster_recovery(world: World, op: ops.CreateDisasterRecovery, caller: Caller) -> Json:
    told = op.disaster_recovery
    pair = Pair(
        id=world.new_id(),
        project_id=caller.project_id,
        name=told.name,
        status="unstart",
        dr_type=told.dr_type,
        primary_id=world.cluster(told.primary_cluster_id, caller.project_id).id,
        standby_id=world.cluster(told.standby_cluster_id, caller.project_id).id,
        created=world.now,
        sync_period=told.dr_sync_period,
        used_period=told.dr_sync_period,
        primary_bucket=told.primary_obs_bucket or None,
        standby_bucket=told.standby_obs_bucket or None,
    )
    pairing.create(world, pair)
    return _accepted(pair)


@handles(ops.ListDisasterRecover)
def list_disaster_recover(world: World, op: ops.ListDisasterRecover, caller: Caller) -> Json:
    found = [
        pairs.in_list(world, pair)
        for pair in world.pairs.values()
        if pair.project_id == caller.project_id
        and pair.deleted_at is None
        and op.id in {None, pair.id}
        and op.primary_cluster_id in {None, pair.primary_id}
        and op.standby_cluster_id in {None, pair.standby_id}
    ]
    return {"disaster_recovery": found}


@handles(ops.ShowDisasterDetail)
def show_disaster_detail(world: World, op: ops.ShowDisasterDetail, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    return {"disaster_recovery": pairs.in_full(world, pair)}


@handles(ops.ShowDisasterProgress)
def show_disaster_progress(world: World, op: ops.ShowDisasterProgress, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    return {"disaster_recovery_progress": pairs.progress(world, pair)}


@handles(ops.ListAvailableDisasterClusters)
def list_available_disaster_clusters(
    world: World, op: ops.ListAvailableDisasterClusters, caller: Caller
) -> Json:
    primary = world.cluster(op.primary_cluster_id, caller.project_id)
    found = [
        {"id": standby.id, "name": standby.name}
        for standby in clusters_of(world, op.standby_project_id or caller.project_id)
        if op.standby_az_code in standby.availability_zone.split(",")
        and _is_wanted(op, standby)
        and matching.unfit(world, primary, standby) is None
        and _is_idle(world, standby)
    ]
    return {"disaster_recovery_clusters": found}


@handles(ops.CheckDisasterName)
def check_disaster_name(world: World, op: ops.CheckDisasterName, caller: Caller) -> Json:
    matching.require_free_name(world, caller.project_id, op.dr_name)
    return {}


@handles(ops.StartDisasterRecovery)
def start_disaster_recovery(world: World, op: ops.StartDisasterRecovery, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.start(world, pair)
    return _accepted(pair)


@handles(ops.PauseDisasterRecovery)
def pause_disaster_recovery(world: World, op: ops.PauseDisasterRecovery, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.stop(world, pair)
    return _accepted(pair)


@handles(ops.UpdateDisasterInfo)
def update_disaster_info(world: World, op: ops.UpdateDisasterInfo, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    told = op.disaster_recovery
    # The other fields are what two regions tell each other: they change nothing here (assumed).
    pairing.change_period(world, pair, (told and told.dr_sync_period) or pair.sync_period)
    return _accepted(pair)


@handles(ops.SwitchoverDisasterRecovery)
def switchover_disaster_recovery(
    world: World, op: ops.SwitchoverDisasterRecovery, caller: Caller
) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.switch_over(world, pair)
    return _accepted(pair)


@handles(ops.SwitchFailoverDisaster)
def switch_failover_disaster(world: World, op: ops.SwitchFailoverDisaster, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.fail_over(world, pair)
    return _accepted(pair)


@handles(ops.RestoreDisaster)
def restore_disaster(world: World, op: ops.RestoreDisaster, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.recover(world, pair)
    return _accepted(pair)


@handles(ops.DeleteDisasterRecovery)
def delete_disaster_recovery(world: World, op: ops.DeleteDisasterRecovery, caller: Caller) -> Json:
    pair = matching.found(world, op.disaster_recovery_id, caller.project_id)
    pairing.delete(world, pair)
    return {}


def _accepted(pair: Pair) -> Json:
    return {"disaster_recovery": {"id": pair.id}}


def _is_wanted(op: ops.ListAvailableDisasterClusters, standby: Cluster) -> bool:
    # An empty word asks for nothing: so the sample of reference 5.12.6.
    wanted = (
        (op.primary_cluster_dn_num, str(len(standby.nodes))),
        (op.datastore_version, standby.version),
        (op.datastore_type, FLAVORS[standby.node_type].datastore),
    )
    return all(told in {None, "", present} for told, present in wanted)


def _is_idle(world: World, cluster: Cluster) -> bool:
    try:
        lifecycle.require_idle(world, cluster)
    except Refused:
        return False
    return True
