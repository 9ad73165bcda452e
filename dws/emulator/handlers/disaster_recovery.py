"""Answers on disaster recovery pairs."""

from __future__ import annotations

from dws.emulator import render
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.world import World
from dws.operations import disaster_recovery as ops


@handles(ops.ListDisasterRecover)
def list_disaster_recover(world: World, op: ops.ListDisasterRecover, caller: Caller) -> Json:
    found = [
        render.pair(world, pair)
        for pair in world.pairs.values()
        if pair.project_id == caller.project_id
        and pair.deleted_at is None
        and op.id in {None, pair.id}
        and op.primary_cluster_id in {None, pair.primary_id}
        and op.standby_cluster_id in {None, pair.standby_id}
    ]
    return {"disaster_recovery": found}
