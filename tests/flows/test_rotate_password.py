from __future__ import annotations

import sqlite3
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dws.emulator.data_plane import DEFAULT_PASSWORD
from dws.errors import BadSetting, DatabaseRefused, RequestFailed
from flows.rotate_password import rotate_password
from tasks.passwords import is_let_in
from tasks.run import Refused
from tests.cloud import Cloud

NEW = "Rotated-4711-Key"
pytestmark = pytest.mark.usefixtures("clock", "passwords")


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    world = getattr(request, "param", {"clusters": [{"name": "demo"}]})
    return serve(world, data_plane="postgres")


@pytest.fixture
def passwords(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets the passwords of the account: the first time as a rotation wants them."""

    def told(old: str, new: str) -> None:
        monkeypatch.setenv("DWS_DATABASE_PASSWORD", old)
        monkeypatch.setenv("DWS_DATABASE_NEW_PASSWORD", new)

    told(DEFAULT_PASSWORD, NEW)
    return told


async def let_in(cloud: Cloud, account: str) -> tuple[bool, bool]:
    """Whether the old password is let in, and whether the new one is."""
    cluster_id = cloud.state()["clusters"][0]["id"]
    old = await is_let_in(account, cluster_id, new=False)
    return old, await is_let_in(account, cluster_id, new=True)


async def test_the_new_password_is_let_in_and_the_old_one_dead(cloud: Cloud, account: str) -> None:
    left = await rotate_password(account, "demo", run_id="r1")

    assert cloud.changes() == ["ResetPassword"]
    assert await let_in(cloud, account) == (False, True)
    assert left.asked
    assert left.user == "dbadmin"
    assert "unset DWS_DATABASE_NEW_PASSWORD" in left.to_do


async def test_what_was_rotated_already_is_left_alone(cloud: Cloud, account: str) -> None:
    await rotate_password(account, "demo", run_id="r1")

    again = await rotate_password(account, "demo", run_id="r1")
    other = await rotate_password(account, "demo", run_id="r2")

    assert cloud.changes() == ["ResetPassword"]
    assert again.asked
    assert not other.asked


async def test_a_password_that_counts_no_more_is_refused(
    cloud: Cloud, account: str, passwords: Callable[..., None]
) -> None:
    passwords("Forgotten-1234", NEW)

    with pytest.raises(Refused, match="lets in neither DWS_DATABASE_PASSWORD nor"):
        await rotate_password(account, "demo", run_id="r1")

    assert cloud.changes() == []


@pytest.mark.parametrize(
    ("new", "told"),
    [
        ("", "DWS_DATABASE_NEW_PASSWORD is not set"),
        ("short", "DWS_DATABASE_NEW_PASSWORD: a password has 12 to 32 characters"),
        ("alllowercaseletters", "DWS_DATABASE_NEW_PASSWORD: a password mixes"),
        ("Nimdabd-4711-Key", "contains the name of the administrator"),
        (DEFAULT_PASSWORD, "is the same as DWS_DATABASE_PASSWORD"),
    ],
)
async def test_a_new_password_that_cannot_be_is_told_without_its_value(
    cloud: Cloud, account: str, passwords: Callable[..., None], new: str, told: str
) -> None:
    passwords(DEFAULT_PASSWORD, new)

    with pytest.raises(BadSetting, match=told) as found:
        await rotate_password(account, "demo", run_id="r1")

    assert not new or new not in str(found.value)
    assert cloud.changes() == []


async def test_another_user_than_the_administrator_is_refused(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_DATABASE_USER", "reporter")

    with pytest.raises(BadSetting, match="the password of the administrator alone, dbadmin"):
        await rotate_password(account, "demo", run_id="r1")


PAIR = {
    "clusters": [{"name": "demo"}, {"name": "other"}],
    "disaster_recoveries": [{"name": "dr-1", "primary": "demo", "standby": "other"}],
}


@pytest.mark.parametrize("cloud", [PAIR], indirect=True)
async def test_a_running_recovery_is_refused(cloud: Cloud, account: str) -> None:
    with pytest.raises(Refused, match=r"dr-1 \(running\); pause that first"):
        await rotate_password(account, "demo", run_id="r1")

    assert cloud.changes() == []


async def test_a_password_that_was_used_before_is_told_by_the_service(
    cloud: Cloud, account: str, passwords: Callable[..., None]
) -> None:
    await rotate_password(account, "demo", run_id="r1")
    passwords(NEW, DEFAULT_PASSWORD)

    with pytest.raises(RequestFailed, match=r"DWS\.5144"):
        await rotate_password(account, "demo", run_id="r2")

    passwords(DEFAULT_PASSWORD, NEW)
    assert await let_in(cloud, account) == (False, True)


@pytest.mark.parametrize("kind", ["lost_reply", "reset", "truncated"])
async def test_after_a_lost_answer_the_logins_tell(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, "ResetPassword")

    left = await rotate_password(account, "demo", run_id="r1")

    assert await let_in(cloud, account) == (False, True)
    assert left.asked


@pytest.mark.parametrize("status", [429, 503])
async def test_a_service_that_is_busy_is_asked_again(
    cloud: Cloud, account: str, status: int
) -> None:
    cloud.fault("http", "ResetPassword", status=status)

    await rotate_password(account, "demo", run_id="r1")

    assert await let_in(cloud, account) == (False, True)


async def test_a_database_that_is_not_there_is_no_wrong_password(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_DATABASE", "nowhere")

    with pytest.raises(DatabaseRefused, match="nowhere"):
        await rotate_password(account, "demo", run_id="r1")

    assert cloud.changes() == []


async def test_neither_password_is_written_anywhere(
    cloud: Cloud, account: str, state: Path, caplog: pytest.LogCaptureFixture
) -> None:
    left = await rotate_password(account, "demo", run_id="r1")

    told = [left.model_dump_json(), caplog.text, *journal(state)]
    assert len(told) > 5
    assert not [text for text in told if NEW in text or DEFAULT_PASSWORD in text]


def journal(state: Path) -> Iterator[str]:
    """All that runs have written down."""
    for file in state.rglob("*.db"):
        with sqlite3.connect(file) as opened:
            yield from opened.iterdump()
        opened.close()
