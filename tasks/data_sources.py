"""Tasks on external data sources."""

from dws.operations import data_sources as ops
from tasks.factory import operation_task

create_data_source = operation_task(ops.CreateDataSource)
delete_data_source = operation_task(ops.DeleteDataSource)
list_data_source = operation_task(ops.ListDataSource)
update_data_source = operation_task(ops.UpdateDataSource)
