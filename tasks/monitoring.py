"""Tasks that monitor clusters; all of them read."""

from dws import lookup
from dws.operations import monitoring as ops
from tasks.factory import lookup_task, operation_task

list_dms_queries = operation_task(ops.ListDmsQueries)
list_dms_sessions = operation_task(ops.ListDmsSessions)
list_host_disk = operation_task(ops.ListHostDisk)
list_host_net = operation_task(ops.ListHostNet)
list_host_overview = operation_task(ops.ListHostOverview)
list_metrics = operation_task(ops.ListMetrics)
list_metrics_data = operation_task(ops.ListMetricsData)
list_monitor_indicator_data = operation_task(ops.ListMonitorIndicatorData)
list_monitor_indicators = operation_task(ops.ListMonitorIndicators)
list_queries = operation_task(ops.ListQueries)
list_tables_statistic = operation_task(ops.ListTablesStatistic)
show_dms_cluster_status = operation_task(ops.ShowDmsClusterStatus)
show_dms_database_usage = operation_task(ops.ShowDmsDatabaseUsage)
show_dms_disk_io = operation_task(ops.ShowDmsDiskIo)
show_dms_disk_io_aggregate = operation_task(ops.ShowDmsDiskIoAggregate)
show_dms_file_system = operation_task(ops.ShowDmsFileSystem)
show_dms_file_system_aggregate = operation_task(ops.ShowDmsFileSystemAggregate)
show_dms_nic_traffic = operation_task(ops.ShowDmsNicTraffic)
show_dms_resource_utilization = operation_task(ops.ShowDmsResourceUtilization)
show_dms_resource_utilization_aggregate = operation_task(ops.ShowDmsResourceUtilizationAggregate)
show_query_detail = operation_task(ops.ShowQueryDetail)

data_disks_of = lookup_task(lookup.data_disks_of)
