"""Rules over the whole catalogue."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import BaseModel

from dws.emulator.handlers import HANDLERS
from dws.emulator.routes import Routes
from dws.emulator.world import id_from
from dws.operation import Operation
from dws.operations import area_of, catalogue
from tests.emulator.service import Service, new_cluster

OPERATIONS = sorted(catalogue().values(), key=lambda cls: cls.__name__)


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
def test_every_operation_has_a_handler(operation: type[Operation[Any]]) -> None:
    file = f"dws/emulator/handlers/{area_of(operation)}.py"

    assert operation in HANDLERS, f"{file}: add a function @handles({operation.__name__})"
    assert HANDLERS[operation].answer.__module__.endswith(f"handlers.{area_of(operation)}"), file


@pytest.mark.parametrize("operation", OPERATIONS, ids=lambda cls: cls.__name__)
def test_every_route_leads_to_its_operation(operation: type[Operation[Any]]) -> None:
    path = operation.route.path.replace("{", "some-").replace("}", "")

    found = Routes(catalogue().values()).find(operation.route.method, path)

    assert found
    assert found.operation is operation


def test_literal_segments_come_before_arguments(service: Service) -> None:
    answered = service.send("POST", "v1/snapshots/check", {"snapshot_name": "free-1"})

    assert answered.status_code == 200


SALES = id_from("0:cluster:sales")
"""The id of that cluster, which follows from the seed and its name; those below follow from it."""
MAIN = id_from(f"{SALES}:parameterGroup")
SECURITY = id_from(f"{SALES}:securityParameterGroup")
PAIR = id_from("0:pair:pair-1")
NIGHTLY = {
    "policy_name": "nightly-full",
    "backup_strategy": "0 0 3 ? * 1",
    "backup_type": "full",
    "backup_level": "cluster",
}
ASKED = {
    "ListAvailabilityZones": "v1.0/availability-zones",
    "ListNodeTypes": "v2/node-types",
    "ListNodeTypesV1": "v1.0/node_types",
    "ListQuotas": "v1.0/quotas",
    "ListStatistics": "v1.0/statistics",
    "ListClusters": "v1.0/clusters",
    "ListClusterDetails": "v1.0/clusters/{cluster}",
    "ListClusterTags": "v1.0/clusters/{cluster}/tags",
    "ListClusterSnapshots": "v1.0/clusters/{cluster}/snapshots",
    "ListSnapshots": "v1.0/snapshots",
    "ListSnapshotDetails": "v1.0/snapshots/{snapshot}",
    "ListTags": "v1.0/tags",
    "ListDisasterRecover": "v2/disaster-recoveries",
    "ListJobDetails": "v1.0/job/{job}",
    "ListSnapshotPolicy": "v2/clusters/{cluster}/snapshot-policies",
    "PreviewSnapshotPolicy": "v1/clusters/{cluster}/snapshot-policies/plan",
    "ShowSnapshotPolicy": "v1/clusters/{cluster}/snapshot-policies/{policy}",
    "ListSnapshotFlavor": "v2/snapshots/{snapshot}/flavor",
    "ListSnapshotFlavorInfo": "v2/snapshots/{snapshot}/flavors",
    "ListSnapshotStatistics": "v1.0/clusters/{cluster}/snapshots/statistics",
    "ListSnapshotCrossRegions": "v1/snapshots/cross-regions",
    "ListSnapshotCrossRegionPolicies": "v1/snapshots/cross-region-policies",
    "ListRoachConfigs": "v1/clusters/{cluster}/snapshots/roach-configs",
    "ListDatabases": "v1/clusters/{cluster}/databases",
    "ListDatabaseSchemas": "v1/clusters/{cluster}/databases/gaussdb/schemas",
    "ShowDisasterDetail": f"v2/disaster-recovery/{PAIR}",
    "ShowDisasterProgress": f"v1/disaster-recovery/{PAIR}/show-progress",
    "ListAvailableDisasterClusters": (
        "v2/disaster-recovery-clusters?primary_cluster_id={cluster}&standby_az_code=eu-de-01"
    ),
    "CheckDisasterName": "v2/disaster-recovery/check-name?dr_name=free-1",
    "ListDataSource": "v1.0/clusters/{cluster}/ext-data-sources",
    "ListClusterEndpoints": "v1/clusters/{cluster}/endpoints",
    "ListElbs": "v2/clusters/{cluster}/elbs",
    "ListElbsInfo": "v2/elbs?vpc_id=vpc-1&subnet_id=subnet-1",
    "ListDatabaseUsers": "v1/clusters/{cluster}/db-manager/users",
    "ShowDatabaseUser": "v1/clusters/{cluster}/db-manager/users/dbadmin",
    "ListDatabaseUserRoles": "v1/clusters/{cluster}/db-manager/users/dbadmin/roles?query_all=true",
    "ListDatabaseUserAuthorities": "v1/clusters/{cluster}/db-manager/users/dbadmin/authority",
    "ShowDatabaseAuthority": (
        "v1/clusters/{cluster}/db-manager/authority?type=DATABASE&name=gaussdb&database=gaussdb"
    ),
    "ListDatabaseObjects": "v1/clusters/{cluster}/db-manager/objects?type=DATABASE",
    "ShowDatabaseOmUserStatus": "v1/clusters/{cluster}/db-manager/om-user/status",
    "ListSchemas": "v2/clusters/{cluster}/databases/gaussdb/schemas",
    "ShowLdapConf": "v1/clusters/{cluster}/db-manager/ldap-conf",
    "ListSyncRecords": "v1/clusters/{cluster}/db-manager/sync-records",
    "ShowClusters": "v2/clusters",
    "ListClusterActions": "v1/clusters/{cluster}/actions/SNAPSHOTTING",
    "ListAlarmConfigs": "v2/alarm-configs",
    "ListAlarmDetail": "v2/alarms?time_zone=GMT",
    "ListAlarmStatistic": "v2/alarm-statistic?time_zone=GMT",
    "ListAlarmSubs": "v2/alarm-subs",
    "ListOperationalTask": "v1/clusters/{cluster}/operational-tasks",
    "ListOperationalTaskDetail": "v1/clusters/{cluster}/operational-tasks/detail",
    "ShowOperationalTaskConfig": "v1/clusters/{cluster}/operational-tasks/configuration",
    "ListEvents": "v2/events",
    "ListEventSpecs": "v2/event-specs",
    "ListEventSubs": "v2/event-subs",
    "ListHostOverview": "v1.0/dms/host-overview?limit=9&offset=0",
    "ListHostDisk": "v1.0/dms/disk?limit=9&offset=0",
    "ListHostNet": "v1.0/dms/net?limit=9&offset=0",
    "ListMonitorIndicators": "v1.0/dms/metric-data/indicators",
    "ListMonitorIndicatorData": (
        "v1.0/dms/metric-data?from=0&to=0&indicator_name=cluster.cpu_usage&dim0=cluster_id,{cluster}"
    ),
    "ListTablesStatistic": (
        "v1/clusters/{cluster}/dms/tables/statistic?rate_type=skew&offset=0&limit=9"
    ),
    "ListMetrics": "v1/clusters/{cluster}/dms/metrics?limit=9&offset=0",
    "ListMetricsData": (
        "v1/clusters/{cluster}/dms/metrics/TableDirtyPageRate?limit=9&offset=0&from=0&to=0"
    ),
    "ShowQueryDetail": "v1/clusters/{cluster}/dms/queries/{query}",
    "ShowDmsClusterStatus": "v1/dms/cluster/status",
    "ShowDmsDatabaseUsage": "v1/dms/clusters/{cluster}/database",
    "ShowDmsDiskIo": "v1/dms/clusters/{cluster}/disk-io",
    "ShowDmsDiskIoAggregate": "v1/dms/clusters/{cluster}/disk-io/aggregate?from=0&to=0",
    "ShowDmsFileSystem": "v1/dms/clusters/{cluster}/file-system",
    "ShowDmsFileSystemAggregate": "v1/dms/clusters/{cluster}/file-system/aggregate?from=0&to=0",
    "ShowDmsNicTraffic": "v1/dms/clusters/{cluster}/nic/traffic",
    "ListDmsQueries": "v1/dms/clusters/{cluster}/query",
    "ListDmsSessions": "v1/dms/clusters/{cluster}/session",
    "ShowDmsResourceUtilization": "v1/dms/resource/utilization?dim=node&metric_name=cpu_usage",
    "ShowDmsResourceUtilizationAggregate": (
        "v1/dms/resource/utilization/aggregate?metric_name=cpu_usage&cluster_id={cluster}&from=0&to=0"
    ),
    "ListClusterNodes": "v2/clusters/{cluster}/nodes",
    "ListClusterCn": "v1.0/clusters/{cluster}/cns",
    "ListClusterInstances": "v2/clusters/{cluster}/instances",
    "ShowInstance": f"v2/instances/{id_from(f'{SALES}:node:1')}",
    "ListClusterConfigurations": "v1.0/clusters/{cluster}/configurations",
    "ListClusterConfigurationsParameter": f"v1.0/clusters/{SALES}/configurations/{MAIN}",
    "ListConfigurationsAuditRecords": "v1/clusters/{cluster}/configurations/audit-records",
    "ListClusterSecurityConfigurations": f"v1/clusters/{SALES}/security-configurations/{SECURITY}",
    "ListUpdatableVersion": "v1/clusters/{cluster}/upgrade-management/avail-versions",
    "ListUpdateRecord": "v1/clusters/{cluster}/upgrade-management/records",
    "ListClusterScaleInNumbers": "v1.0/clusters/{cluster}/shrink-numbers",
    "CheckClusterShrink": "v1/clusters/{cluster}/shrink-check?shrink_count=3&check_item=disk",
    "ShowClusterFlavor": "v2/clusters/{cluster}/flavor",
    "ShowClusterRedistribution": "v2/clusters/{cluster}/redistribution",
    "ListRedistributionSchema": "v2/clusters/{cluster}/redistribution/schemas?db_name=gaussdb",
    "ShowClusterStorageExpandRange": "v1/clusters/{cluster}/storage-expand-range",
    "ShowClusterVolume": "v1/clusters/{cluster}/volume",
    "ShowResizePreparation": "v1/clusters/{cluster}/resize-with-existed-nodes/preparation",
    "ListLogicalClusters": "v2/clusters/{cluster}/logical-clusters",
    "ListLogicalClusterTasks": "v2/clusters/{cluster}/logical-clusters/tasks",
    "ListLogicalClusterVolumes": "v2/clusters/{cluster}/logical-clusters/volumes",
    "ListLogicalClusterRings": "v2/clusters/{cluster}/logical-clusters/rings",
    "ListTopoRings": "v2/clusters/{cluster}/topo/rings",
    "ListLogicalClusterPlans": "v1/clusters/{cluster}/logical-cluster-plans",
    "ListDssPools": "v1.0/dss-pools",
    "ListActions": "v1/actions",
    "ListEps": "v1/enterprise-projects",
    "ListTargetFlavors": f"v1/flavors/{id_from('flavor:dws.d2.xlarge')}/target-flavors",
    "ShowResourceStatistics": "v1/resource-statistics",
    "ListTagsForResource": "v1/clusters/{cluster}/enterprise-projects",
    "ListAuditLog": "v1.0/clusters/{cluster}/audit-log-records",
    "ListClusterWorkload": "v2/clusters/{cluster}/workload",
    "ListLtsLogs": "v1/clusters/{cluster}/lts-logs",
    "ListWorkloadPlans": "v2/clusters/{cluster}/workload/plans",
    "ListWorkloadQueue": "v2/clusters/{cluster}/workload/queues",
    "ListWorkloadRules": "v1/clusters/{cluster}/workload/rules",
    "ShowClusterEncryptInfo": "v1/clusters/{cluster}/encrypt-info",
}
UNMODELLED = {"public_ip", "datastore_type", "flavor_detail", "private_ip", "subnet_ids"}


ASKED_ELSEWHERE = {
    "ExportDatabaseUsers",
    "ExportUserAuthority",
    "ListPlanExecLogs",
    "ListQueuePlans",
    "ListSyncRecordDetails",
    "ListWorkloadQueueUsers",
    "ShowWorkloadPlan",
    "ShowWorkloadPlanStage",
    "ShowWorkloadQueue",
}
"""They answer with files, or need what ``test_databases.py`` and its neighbour make first;
``test_workload.py`` and ``test_workload_plans.py`` see to theirs."""


def test_every_reading_operation_is_asked_below() -> None:
    reading = {cls.__name__ for cls in OPERATIONS if cls.route.method == "GET"}

    assert set(ASKED) | ASKED_ELSEWHERE == reading


@pytest.mark.parametrize("name", ASKED)
def test_answers_are_what_the_operation_promises(service: Service, sales: str, name: str) -> None:
    """Top-level keys are all modelled; of those within, the models keep what they do not know."""
    service.post("v1.0/clusters", new_cluster())
    policies = f"v2/clusters/{sales}/snapshot-policies"
    service.send("PUT", policies, {"backup_strategies": [NIGHTLY]})
    taken = service.post(
        f"v2/clusters/{sales}/snapshots", {"snapshot": {"type": 0, "name": "backup-1"}}
    )
    service.advance(100)
    running = service.get(f"v1/dms/clusters/{sales}/query")
    path = ASKED[name].format(
        cluster=sales,
        snapshot=taken["backup"]["id"],
        job=taken["extendparam"]["jobs"][0],
        query=running["queries"][0]["query_id"],
        policy=service.get(policies)["backup_strategies"][0]["policy_id"],
    )

    reply = catalogue()[name].reply_type().model_validate(service.get(path))

    assert isinstance(reply, BaseModel)
    assert set(reply.model_extra or {}) <= {"project_id", "cluster_id"}


def test_the_sdks_way_of_reading_finds_no_empty_number(service: Service, sales: str) -> None:
    """Facts/real_clients 8, 9, 21: objects, lists and numbers are never empty text."""
    cluster = service.cluster(sales)

    assert isinstance(cluster["action_progress"], dict)
    assert isinstance(cluster["endpoints"], list)
    assert isinstance(cluster["public_endpoints"], list)
    assert all(value != "" for key, value in cluster.items() if key != "public_ip")


def test_tags_are_set_replaced_listed_and_removed(service: Service, sales: str) -> None:
    path = f"v1.0/clusters/{sales}/tags"
    wanted = [{"key": "team", "value": "green"}, {"key": "stage", "value": "prod"}]

    service.post(f"{path}/batch-create", {"tags": wanted})
    both = service.get(path)["tags"]
    service.post(f"{path}/batch-delete", {"tags": [{"key": "team", "value": ""}]})

    assert both == wanted
    assert service.get("v1.0/tags")["tags"] == [{"key": "stage", "values": ["prod"]}]


def test_more_than_twenty_tags_are_refused(service: Service, sales: str) -> None:
    told = {"tags": [{"key": f"key-{n}", "value": "x"} for n in range(20)]}

    answered = service.send("POST", f"v1.0/clusters/{sales}/tags/batch-create", told)

    assert (answered.status_code, answered.json()["error_code"]) == (400, "DWS.5194")


def test_statistics_are_counted(service: Service) -> None:
    service.post("v1.0/clusters", new_cluster())

    told = {s["name"]: s["value"] for s in service.get("v1.0/statistics")["statistics"]}

    assert told["cluster.total"] == 5
    assert told["cluster.normal"] == 4
    assert (told["instance.total"], told["instance.normal"]) == (15, 12)
