"""Tasks on how a cluster is reached."""

from dws import lookup
from dws.operations import network as ops
from dws.waiters import network as waiters
from tasks.factory import lookup_task, operation_task, waiter_task

associate_eip = operation_task(ops.AssociateEip)
associate_elb = operation_task(ops.AssociateElb)
change_security_group = operation_task(ops.ChangeSecurityGroup)
create_cluster_dns = operation_task(ops.CreateClusterDns)
delete_cluster_dns = operation_task(ops.DeleteClusterDns)
disassociate_eip = operation_task(ops.DisassociateEip)
disassociate_elb = operation_task(ops.DisassociateElb)
list_cluster_endpoints = operation_task(ops.ListClusterEndpoints)
list_elbs = operation_task(ops.ListElbs)
list_elbs_info = operation_task(ops.ListElbsInfo)
update_cluster_dns = operation_task(ops.UpdateClusterDns)

wait_until_private_domain_ready = waiter_task("private_domain_ready", waiters.private_domain_ready)
wait_until_public_domain_gone = waiter_task("public_domain_gone", waiters.public_domain_gone)
wait_until_public_domain_ready = waiter_task("public_domain_ready", waiters.public_domain_ready)

find_elb = lookup_task(lookup.find_elb)
