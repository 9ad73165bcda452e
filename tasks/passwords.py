"""
Tasks on the administrator's password of clusters.

Passwords are the account's settings and go from there to the service or the database alone: no
task takes or gives one.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import SecretStr, TypeAdapter, ValidationError

from dws.errors import BadSetting, WrongPassword
from dws.operations.clusters import ResetPassword
from dws.sql.connection import connected
from dws.sql.login import Login
from dws.values import StrongPassword, names_user
from tasks.credentials import connect
from tasks.sql import login_to

_STRONG: TypeAdapter[SecretStr] = TypeAdapter(Annotated[SecretStr, StrongPassword])
_NEW = "DWS_DATABASE_NEW_PASSWORD"


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def check_new_password(account: str, cluster_id: str, administrator: str | None) -> None:
    """
    See that the settings have an old and a new password, and that the service may take the new.

    Args:
        administrator: Name of the cluster's administrator, if the service tells it.

    Raises:
        BadSetting: One is not set, or cannot be; the message names the settings, and no value.
        NoSuchThing, RequestFailed, Unreachable: As of `tasks.sql.login_to`.
    """
    old = await login_to(account, cluster_id)
    new = await login_to(account, cluster_id, new=True)
    if problems := list(_problems(old, new, administrator or new.user)):
        raise BadSetting(problems)


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def is_let_in(account: str, cluster_id: str, *, new: bool) -> bool:
    """
    Whether the database lets the account in by its new password, or by the one of now.

    Raises:
        UnsupportedLogin: It asks in a way that no libpq speaks: neither password can be proved.
        DatabaseRefused: It refuses for another reason, e.g. as the account is locked.
        NotSent: It does not answer.
        NoSuchThing, BadSetting, RequestFailed: As of `tasks.sql.login_to`.
    """
    try:
        async with connected(await login_to(account, cluster_id, new=new)):
            return True
    except WrongPassword:
        return False


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def set_new_password(account: str, cluster_id: str) -> None:
    """
    Make the service set the administrator's password to the new one.

    Raises:
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    login = await login_to(account, cluster_id, new=True)
    async with connect(account) as client:
        await client.call(ResetPassword(cluster_id=cluster_id, new_password=login.password))


def _problems(old: Login, new: Login, administrator: str) -> Iterator[str]:
    if new.user != administrator:
        yield (
            f"DWS_DATABASE_USER={new.user!r}: the service sets the password of the administrator "
            f"alone, {administrator}; unset it, or change that user's password by SQL"
        )
    if new.password == old.password:
        yield f"{_NEW} is the same as DWS_DATABASE_PASSWORD: set it to another"
    if names_user(new.password, administrator):
        yield f"{_NEW} contains the name of the administrator, perhaps backwards: choose another"
    try:
        _STRONG.validate_python(new.password)
    except ValidationError as error:
        why = error.errors(include_input=False, include_url=False, include_context=False)
        yield f"{_NEW}: {why[0]['msg'].removeprefix('Value error, ')}: choose another"
