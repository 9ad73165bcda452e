"""Answers on parameters of clusters."""

from __future__ import annotations

from datetime import UTC, datetime

from dws.emulator import parameters
from dws.emulator.guc import GUCS, MAIN, SECURITY, Guc
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.pages import page
from dws.emulator.parameters import OwnParameters, ParameterChange
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.render import parameter_group_id
from dws.emulator.world import World
from dws.operations import configurations as ops

_NAMES = {
    "GUCConfig": "defaultGUCConfig",
    "hiddenParameterGroup": "parameterGroupFor_{cluster_id}",
    "OBSConfig": "defaultOBSConfig",
    MAIN: "Default-Parameter-Template-DWS-{version}",
    SECURITY: "security-paragroup-dws",
}
"""By type, as in the sample of reference 5.2.42."""


@handles(ops.ListClusterConfigurations)
def list_cluster_configurations(
    world: World, op: ops.ListClusterConfigurations, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    known = parameters.own(world, cluster)
    version = cluster.version.replace(".", "_")
    return {
        "configurations": [
            {
                "id": parameter_group_id(cluster, kind),
                "name": name.format(cluster_id=cluster.id, version=version),
                "type": kind,
                "status": known.status.get(kind, parameters.IN_SYNC),
                # The word for none is the sample's.
                "fail_reason": known.fail_reason.get(kind) or "null",
            }
            for kind, name in _NAMES.items()
        ]
    }


@handles(ops.ListClusterConfigurationsParameter)
def list_cluster_configurations_parameter(
    world: World, op: ops.ListClusterConfigurationsParameter, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    group = _group(cluster, op.configuration_id)
    known = parameters.own(world, cluster)
    return {"configurations": [_parameter(known, g) for g in GUCS.values() if g.group == group]}


@handles(ops.UpdateConfiguration)
def update_configuration(world: World, op: ops.UpdateConfiguration, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    group = _group(cluster, op.configuration_id)
    wanted = [(new.type.lower(), new.name, new.value) for new in op.configurations]
    parameters.require_fits(group, wanted)
    values = {f"{role}:{name}": value for role, name, value in wanted}
    parameters.set_values(world, cluster, group, values, caller.user)
    return {}


@handles(ops.ListConfigurationsAuditRecords)
def list_configurations_audit_records(
    world: World, op: ops.ListConfigurationsAuditRecords, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    told = [
        _record(change)
        for change in parameters.changes(world, cluster)
        if op.action_time is None or change.began * 1000 >= op.action_time
    ]
    if op.filter_by and op.filter_by not in {"status", "operator"}:
        raise Refused(400, "DWS.0001", f"Records have no field {op.filter_by}.")  # assumed
    found = [r for r in told if not op.filter_by or r[op.filter_by] == op.filter]
    return {"records": page(found, op.offset, op.limit), "count": len(found)}


@handles(ops.ListClusterSecurityConfigurations)
def list_cluster_security_configurations(
    world: World, op: ops.ListClusterSecurityConfigurations, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    if op.configuration_id != parameter_group_id(cluster, SECURITY):
        raise _no_group(op.configuration_id)
    known = parameters.own(world, cluster)
    told = [
        {"name": guc.name, "value": parameters.value(known, guc, "cn")}
        for guc in GUCS.values()
        if guc.group == SECURITY
    ]
    return {"configurations": page(told, op.offset, op.limit), "count": len(told)}


def _group(cluster: Cluster, configuration_id: str) -> str:
    for kind in _NAMES:
        if parameter_group_id(cluster, kind) == configuration_id:
            return kind
    raise _no_group(configuration_id)


def _no_group(configuration_id: str) -> Refused:
    return Refused(400, "DWS.5054", f"The parameter group ID is invalid: {configuration_id}.")


def _parameter(known: OwnParameters, guc: Guc) -> Json:
    return {
        "name": guc.name,
        "values": [
            {"type": role, "value": parameters.value(known, guc, role), "default_value": guc.value}
            for role in parameters.ROLES
        ],
        "unit": guc.unit,
        "type": guc.kind,
        "readonly": guc.readonly,
        "value_range": guc.value_range,
        "restart_required": guc.restart,
        "description": guc.description,
    }


def _record(change: ParameterChange) -> Json:
    return {
        "id": change.number,
        "operator": change.operator,
        "start_time": _moment(change.began),
        "end_time": None if change.ended is None else _moment(change.ended),
        "status": change.status,
        "failed_reason": change.failure or None,
    }


def _moment(seconds: float) -> str:
    # With milliseconds, as in the sample of reference 5.2.53.
    return datetime.fromtimestamp(int(seconds), UTC).strftime("%Y-%m-%dT%H:%M:%S.000Z")
