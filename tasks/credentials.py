"""Whose clusters: accounts by name, as Prefect blocks, and the clients that open on them."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from prefect.blocks.core import Block
from pydantic import Field, SecretStr

from dws.client import Client
from dws.errors import BadSetting
from dws.settings import Account
from tasks.run import current

DEFAULT = "default"
"""The account that is read from the environment."""


class DwsAccount(Block):
    """Access to the GaussDB(DWS) clusters of one project in one region."""

    _block_type_name = "DWS account"
    _block_type_slug = "dws-account"

    endpoint: str = Field(description="Address of the service, https://dws.<region>...")
    iam_endpoint: str = Field(default="", description="Address of the identity service.")
    project_id: str = Field(default="", description="Id of the project.")
    project_name: str = Field(default="", description="Name of the project, if not its id.")
    username: str = Field(default="", description="User, if not an access key.")
    domain: str = Field(default="", description="Domain of the user; the user's name if empty.")
    password: SecretStr = Field(default=SecretStr(""), description="Password of the user.")
    access_key: str = Field(default="", description="Id of the access key, if not a user.")
    secret_key: SecretStr = Field(default=SecretStr(""), description="Secret of the access key.")
    security_token: SecretStr = Field(
        default=SecretStr(""), description="Security token of a temporary access key."
    )
    ca_bundle: str = Field(default="", description="File of certificates to trust.")
    database_user: str = Field(
        default="", description="User of the databases; each cluster's administrator if empty."
    )
    database_password: SecretStr = Field(
        default=SecretStr(""), description="Password of that user."
    )
    database_new_password: SecretStr = Field(
        default=SecretStr(""), description="What a rotation changes that password to."
    )
    database: str = Field(default="", description="Database to log in to; gaussdb if empty.")
    database_endpoint: str = Field(default="", description="private or public; private if empty.")
    database_ca_bundle: str = Field(
        default="", description="File of certificates to trust of the databases."
    )

    def account(self) -> Account:
        """The same as settings; the speed of the clock is that of this process."""
        told = {name: getattr(self, name) for name in Account.model_fields if name in self.fields()}
        return Account.model_validate(told).checked()

    @classmethod
    def fields(cls) -> frozenset[str]:
        """Names of the settings a block holds."""
        return frozenset(cls.model_fields)


async def account_named(name: str) -> Account:
    """
    The settings of an account: ``default`` from the environment, others from their block.

    Raises:
        BadSetting: There is no such account, or it cannot work.
    """
    if name == DEFAULT:
        return Account.from_environment()
    try:
        block: DwsAccount = await DwsAccount.aload(name)
    except ValueError as error:
        raise BadSetting(
            [f"account={name!r}: Prefect has no block DwsAccount of that name; save one"]
        ) from error
    return block.account()


@asynccontextmanager
async def connect(account: str) -> AsyncIterator[Client]:
    """
    A client for the account of that name: the run's own, or one that is closed again.

    Tasks and flows take the name, never the block: Prefect stores parameters.

    Raises:
        BadSetting: There is no such account, or it cannot work.
    """
    run = current()
    if run is None:
        async with (await account_named(account)).client() as client:
            yield client
        return
    if account not in run.clients:
        settings = await account_named(account)
        # Another task may have opened one while this one waited for the block.
        run.clients.setdefault(account, settings.client())
    yield run.clients[account]
