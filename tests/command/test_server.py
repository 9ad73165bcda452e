"""The local Prefect server: ``runbook up``, ``runbook down``, and who uses it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psutil
import pytest

from runbooks.server import Server, ServerFailed, running, start, stop, use_prefect
from runbooks.server.environment import past_proxies
from runbooks.server.health import trouble, version
from tests import prefect_server as prefect
from tests.free import closed_port


@pytest.fixture(scope="module")
def settings(request, tmp_path_factory) -> dict[str, str]:
    """What a user may have set, on a database that needs no migration."""
    home = tmp_path_factory.mktemp("home")
    url = prefect.database(request.config.cache.mkdir("prefect"), home)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PREFECT_")}
    return {
        **kept,
        "PREFECT_HOME": str(home),
        "PREFECT_SERVER_DATABASE_CONNECTION_URL": url,
        "PREFECT_API_BLOCKS_REGISTER_ON_START": "false",
        "DWS_PASSWORD": "geheim",
        "RUNBOOK_JOURNAL": "postgresql://u:geheim@h/d",
    }


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("state") / "dws-runbook" / "prefect"


@pytest.fixture(scope="module")
def server(settings, folder) -> Iterator[Server]:
    """A server that two have started at once."""
    with ThreadPoolExecutor() as pool:
        first, second = pool.map(lambda _: start(folder, settings), range(2))
    assert first == second
    yield first
    stop(folder)


@pytest.fixture
def user(monkeypatch, settings, folder) -> None:
    """This process has the user's settings, and the state folder of the server."""
    monkeypatch.delenv("PREFECT_API_URL")
    for name in ("PREFECT_HOME", "PREFECT_SERVER_DATABASE_CONNECTION_URL"):
        monkeypatch.setenv(name, settings[name])
    monkeypatch.setenv("XDG_STATE_HOME", str(folder.parent.parent))


def test_a_server_answers_and_tells_its_version(server) -> None:
    assert trouble(server.api) == ""
    assert version(server.api).startswith("3.")


def test_a_server_listens_on_this_machine_alone(server) -> None:
    listening = psutil.Process(server.pid).net_connections("tcp")

    addresses = {c.laddr.ip for c in listening if c.status == psutil.CONN_LISTEN}
    assert addresses == {"127.0.0.1"}


def test_a_server_is_silent_and_knows_no_secret_of_ours(server) -> None:
    seen = psutil.Process(server.pid).environ()

    assert "geheim" not in " ".join(seen.values())
    assert seen["DO_NOT_TRACK"] == "1"
    assert seen["PREFECT_SERVER_ANALYTICS_ENABLED"] == "false"
    assert seen["PREFECT_SERVER_UI_V2_ENABLED"] == "false"
    assert seen["PREFECT_SERVER_UI_API_URL"] == server.api


def test_ctrl_c_of_a_run_does_not_reach_a_server(server) -> None:
    assert os.getsid(server.pid) == server.pid


def test_up_finds_the_server_that_runs(runbook, server, user) -> None:
    result = runbook("up")

    assert result.exit_code == 0
    assert server.url in result.stdout
    assert str(server.pid) in result.stdout


def test_runs_use_the_local_server(server, user) -> None:
    told: list[str] = []

    assert use_prefect(told.append) == server.api

    assert told == []
    assert os.environ["PREFECT_API_URL"] == server.api
    assert os.environ["PREFECT_SERVER_ALLOW_EPHEMERAL_MODE"] == "false"


def test_runs_use_the_api_of_the_settings(server, monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"{server.api}/")

    assert use_prefect() == server.api


def test_an_api_that_does_not_answer_is_told_with_the_cure(monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{closed_port()}/api")

    with pytest.raises(ServerFailed, match=r"PREFECT_API_URL.*unset it"):
        use_prefect()


def test_what_answers_must_be_prefect(cloud, monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"{cloud.url}/api")

    with pytest.raises(ServerFailed, match="PREFECT_API_URL"):
        use_prefect()


def test_a_server_is_started_and_stopped_and_both_may_be_repeated(
    runbook, settings, monkeypatch, tmp_path
) -> None:
    monkeypatch.delenv("PREFECT_API_URL")
    for name in ("PREFECT_HOME", "PREFECT_SERVER_DATABASE_CONNECTION_URL"):
        monkeypatch.setenv(name, settings[name])

    up = [runbook("up") for _ in range(2)]
    pid = running(tmp_path / "state" / "dws-runbook" / "prefect").pid
    down = [runbook("down") for _ in range(2)]

    assert [result.exit_code for result in up + down] == [0, 0, 0, 0]
    assert up[0].stdout == up[1].stdout
    assert str(pid) in down[0].stdout
    assert "no Prefect server" in down[1].stdout
    assert not psutil.pid_exists(pid) or psutil.Process(pid).status() == psutil.STATUS_ZOMBIE


def test_a_record_left_behind_names_nobody(tmp_path) -> None:
    """After a reboot its process id may be that of any other process: here, of this one."""
    left = {"pid": os.getpid(), "url": "http://127.0.0.1:4200"}
    (tmp_path / "server.json").write_text(json.dumps(left))

    assert running(tmp_path) is None
    assert stop(tmp_path) is None


def test_a_server_that_cannot_start_tells_the_end_of_its_log(settings, tmp_path) -> None:
    broken = {**settings, "PREFECT_SERVER_DATABASE_CONNECTION_URL": "nosuch://database"}

    with pytest.raises(ServerFailed, match=r"(?s)server\.log.*nosuch"):
        start(tmp_path, broken)

    assert running(tmp_path) is None


def test_without_a_free_port_none_is_started(cloud, tmp_path) -> None:
    taken = int(cloud.url.rpartition(":")[2])

    with pytest.raises(ServerFailed, match=str(taken)):
        start(tmp_path, ports=range(taken, taken + 1))


@pytest.mark.parametrize(
    ("environment", "wanted"),
    [
        ({}, {}),
        ({"HTTP_PROXY": "http://p"}, {"NO_PROXY": "127.0.0.1,localhost"}),
        (
            {"http_proxy": "http://p", "no_proxy": "intra"},
            {"no_proxy": "intra,127.0.0.1,localhost"},
        ),
    ],
)
def test_calls_to_this_machine_go_past_proxies(environment, wanted) -> None:
    assert past_proxies(environment) == wanted
