"""An account named in Prefect holds what one of the environment does."""

from __future__ import annotations

from pydantic import SecretStr

from dws.settings import Account
from tasks.credentials import DwsAccount


def test_a_block_holds_every_setting_but_the_speed_of_the_clock() -> None:
    assert set(Account.model_fields) - {"clock_speed"} <= DwsAccount.fields()


def test_a_block_gives_what_it_holds() -> None:
    block = DwsAccount(
        endpoint="https://dws.example",
        project_id="p",
        username="u",
        password=SecretStr("one"),
        database_user="reader",
        database_password=SecretStr("two"),
        database_new_password=SecretStr("three"),
        database_endpoint="public",
    )

    account = block.account()

    assert account.database_password.get_secret_value() == "two"
    assert account.database_new_password.get_secret_value() == "three"
    assert (account.database_user, account.database_endpoint) == ("reader", "public")
    assert not any(secret in repr(block) for secret in ("two", "three"))
