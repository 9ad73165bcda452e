"""Tasks on external data sources."""

from __future__ import annotations

from typing import Literal

from prefect import task
from prefect.cache_policies import NO_CACHE

from dws.operations import data_sources as ops
from tasks.credentials import connect
from tasks.factory import operation_task
from tasks.source_passwords import password_of

create_data_source = operation_task(ops.CreateDataSource)
delete_data_source = operation_task(ops.DeleteDataSource)
list_data_source = operation_task(ops.ListDataSource)
update_data_source = operation_task(ops.UpdateDataSource)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def connect_data_source(  # noqa: PLR0913 - what tells a source
    account: str,
    *,
    cluster_id: str,
    type: Literal["OBS", "MRS"],  # noqa: A002 - the service's word
    name: str,
    user: str,
    mrs_cluster: str | None,
    database: str | None,
    description: str | None,
) -> None:
    """
    Create a data source; one of MRS with the password of the settings, which is no parameter.

    Raises:
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    asked = ops.CreateDataSource(
        cluster_id=cluster_id,
        type=type,
        data_source_name=name,
        user_name=user,
        user_pwd=password_of(name) if type == "MRS" else None,
        data_source_id=mrs_cluster,
        connect_info=database,
        description=description,
    )
    async with connect(account) as client:
        await client.call(asked)
