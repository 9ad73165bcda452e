"""Tasks on the size of a cluster."""

from dws.operations import scaling as ops
from tasks.factory import operation_task

resize_cluster = operation_task(ops.ResizeCluster)
