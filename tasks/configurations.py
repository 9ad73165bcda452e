"""Tasks on parameters."""

from dws.operations import configurations as ops
from dws.waiters import configurations as waits
from tasks import parameters
from tasks.factory import lookup_task, operation_task, waiter_task

list_cluster_configurations = operation_task(ops.ListClusterConfigurations)
list_cluster_configurations_parameter = operation_task(ops.ListClusterConfigurationsParameter)
list_cluster_security_configurations = operation_task(ops.ListClusterSecurityConfigurations)
list_configurations_audit_records = operation_task(ops.ListConfigurationsAuditRecords)
update_configuration = operation_task(ops.UpdateConfiguration)

wait_until_parameters_applied = waiter_task("parameters_applied", waits.parameters_applied)

parameter_groups = lookup_task(parameters.parameter_groups)
