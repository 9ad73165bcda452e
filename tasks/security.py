"""Tasks on security."""

from dws.operations import security as ops
from tasks.factory import operation_task

disable_lts_logs = operation_task(ops.DisableLtsLogs)
enable_lts_logs = operation_task(ops.EnableLtsLogs)
encrypt_cluster = operation_task(ops.EncryptCluster)
list_audit_log = operation_task(ops.ListAuditLog)
list_lts_logs = operation_task(ops.ListLtsLogs)
rotate_key = operation_task(ops.RotateKey)
show_cluster_encrypt_info = operation_task(ops.ShowClusterEncryptInfo)
