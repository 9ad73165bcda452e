"""Tasks on whole clusters."""

from dws import lookup, waiters
from dws.operations import clusters as ops
from tasks.factory import lookup_task, operation_task, waiter_task

create_cluster = operation_task(ops.CreateCluster)
create_cluster_v2 = operation_task(ops.CreateClusterV2)
delete_cluster = operation_task(ops.DeleteCluster)
delete_dws_cluster = operation_task(ops.DeleteDwsCluster)
list_cluster_details = operation_task(ops.ListClusterDetails)
list_clusters = operation_task(ops.ListClusters)
reset_password = operation_task(ops.ResetPassword)
restart_cluster = operation_task(ops.RestartCluster)

wait_until_cluster_gone = waiter_task("cluster_gone", waiters.cluster_gone)
wait_until_cluster_settled = waiter_task("cluster_settled", waiters.cluster_settled)
wait_until_cluster_task_finished = waiter_task(
    "cluster_task_finished", waiters.cluster_task_finished
)

cluster_with_id = lookup_task(lookup.cluster_with_id)
find_cluster = lookup_task(lookup.find_cluster)
