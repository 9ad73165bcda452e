"""The command, in a process of its own."""

from __future__ import annotations

import signal
import subprocess
import sys
import textwrap
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from dws import emulator
from dws.emulator import WorldFileUnusable, read_world, world_file
from dws.emulator.data_plane import DEFAULT_PASSWORD
from tests.emulator.service import PASSWORD, Service, new_cluster

Start = Callable[..., tuple["subprocess.Popen[str]", Service]]
COMMAND = [sys.executable, "-m", "dws.emulator"]


@pytest.fixture
def start() -> Iterator[Start]:
    running: list[subprocess.Popen[str]] = []
    services: list[Service] = []

    def started(*arguments: str) -> tuple[subprocess.Popen[str], Service]:
        process = subprocess.Popen([*COMMAND, *arguments], stdout=subprocess.PIPE, text=True)
        running.append(process)
        assert process.stdout
        services.append(Service(process.stdout.readline().removeprefix("ready ").strip()))
        return process, services[-1]

    yield started
    for service in services:
        service.http.close()
    for process in running:
        process.kill()
        process.communicate()


def test_a_world_survives_kill_9(start: Start, tmp_path: Path) -> None:
    state = tmp_path / "world.db"
    arguments = ("--speed", "0", "--state", str(state))
    process, service = start(*arguments)
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    service.advance(1000)
    snapshot_id = service.take(cluster_id, "backup-1", wait=False)
    service.advance(100)
    before = service.state()
    process.send_signal(signal.SIGKILL)
    process.wait()

    token = service.http.headers["X-Auth-Token"]
    _, service = start(*arguments)

    service.http.headers["X-Auth-Token"] = token
    assert service.state() == before
    assert service.cluster(cluster_id)["task_status"] == "SNAPSHOTTING"
    service.advance(600)
    assert service.snapshot(snapshot_id)["status"] == "AVAILABLE"
    kept = b"".join(file.read_bytes() for file in tmp_path.iterdir())
    assert PASSWORD.encode() not in kept
    assert b"Passw0rd" not in kept


def test_reset_clears_the_state_file_too(start: Start, tmp_path: Path) -> None:
    arguments = ("--speed", "0", "--state", str(tmp_path / "world.db"))
    process, service = start(*arguments)
    service.post("v1.0/clusters", new_cluster())
    service.control("POST", "reset")
    process.kill()
    process.wait()

    _, service = start(*arguments)

    assert service.state()["clusters"] == []


def test_time_goes_on_while_the_emulator_is_down(start: Start, tmp_path: Path) -> None:
    arguments = ("--speed", "10000", "--state", str(tmp_path / "world.db"))
    process, service = start(*arguments)
    cluster_id = service.post("v1.0/clusters", new_cluster())["cluster"]["id"]
    process.kill()
    process.wait()

    _, service = start(*arguments)  # takes a real half second: more than an hour over there

    assert service.cluster(cluster_id)["status"] == "AVAILABLE"


def test_a_state_file_wins_over_the_clusters_of_a_world_file(start: Start, tmp_path: Path) -> None:
    world, state = tmp_path / "world.yaml", tmp_path / "world.db"
    world.write_text("clusters: [{name: one}]")
    process, service = start("--state", str(state), "--world", str(world))
    process.terminate()
    assert process.wait() == 0
    world.write_text("clusters: [{name: two}]")

    _, service = start("--state", str(state), "--world", str(world))

    assert [cluster["name"] for cluster in service.state()["clusters"]] == ["one"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_ends_it_cleanly(start: Start, number: int) -> None:
    process, _ = start()

    process.send_signal(number)

    assert process.wait(5) == 0


def failed(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*COMMAND, *arguments], capture_output=True, text=True, check=False, timeout=20
    )


def test_a_port_in_use_is_said(start: Start) -> None:
    _, service = start()
    port = service.url.rpartition(":")[2]

    ended = failed("--port", port)

    assert ended.returncode == 2
    assert f"port {port}" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_state_file_that_is_none_is_said(tmp_path: Path) -> None:
    state = tmp_path / "world.db"
    state.write_text("hello " * 1000)

    ended = failed("--state", str(state))

    assert ended.returncode == 2
    assert str(state) in ended.stderr
    assert "Traceback" not in ended.stderr


def test_a_data_plane_is_refused_that_is_not_there() -> None:
    ended = failed("--data-plane", "oracle")

    assert ended.returncode == 2
    assert "'none', 'postgres'" in ended.stderr


def test_help_tells_who_may_call() -> None:
    told = failed("--help").stdout

    assert "testname" in told
    assert "emulator-ak" in told
    assert DEFAULT_PASSWORD in told
    assert "corrupt_backup" in told


def test_a_world_file_is_refused_with_all_its_mistakes_at_once(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "clusters:\n- name: one\n  nodes: 0\n  colour: red\n- count: 3\n  name: two\n"
        "profile: {missing_cluster: 418}\n"
    )

    ended = failed("--world", str(world))

    assert ended.returncode == 2
    lines = ended.stderr.splitlines()
    assert all(line.startswith(f"{world}: ") for line in lines)
    assert [line.split(": ")[1] for line in lines] == [
        "clusters[0].nodes",
        "clusters[0].colour",
        "clusters[1]",
        "profile.missing_cluster",
    ]
    assert "colour: unknown; there are: " in lines[1]
    assert " created, " in lines[1]


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("clusters: [{name: a1}]\nclusters: []", "duplicate key"),
        ("clusters: [", "is no YAML"),
        ("[]", "the file"),
        ("clusters: [{name: one}, {name: one}]", "one is there twice"),
        ("clusters: [{name: one, node_type: none}]", "clusters[0].node_type"),
        ("snapshots: [{name: snap, cluster: nope}]", "snapshots[0].cluster"),
        ("disaster_recoveries: [{name: p, primary: a, standby: b}]", "[0].standby"),
        ("durations: {snapshot: soon}", "durations.snapshot"),
        ("clusters: [{name: one, password: weak}]", "clusters[0].password"),
        ("clusters: [{name: one, project: none}]", "clusters[0].project"),
    ],
)
def test_mistakes_of_a_world_file_name_their_place(tmp_path: Path, text: str, told: str) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(text)

    with pytest.raises(WorldFileUnusable) as refused:
        read_world(world)

    assert told in str(refused.value)


def test_a_world_file_makes_thousands(start: Start, tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    world.write_text(
        "seed: 7\nclusters:\n- {name: 'dws-{n}', count: 2000, nodes: 4}\n"
        "snapshots:\n- {name: snap-1, cluster: dws-7, started: 2026-01-01T00:00:00Z}\n"
        "durations: {snapshot: PT5M, delete: 60}\n"
    )

    _, service = start("--world", str(world), "--speed", "0")

    assert len(service.get("v1.0/clusters")["clusters"]) == 2000
    assert service.get("v1.0/snapshots")["snapshots"][0]["started"] == "2026-01-01T00:00:00Z"


def test_the_example_of_a_world_file_is_one(tmp_path: Path) -> None:
    world = tmp_path / "world.yaml"
    example = (world_file.__doc__ or "").partition("WorldSpec`:\n")[2]
    world.write_text(textwrap.dedent(example))

    spec = read_world(world)

    assert [cluster.count for cluster in spec.clusters] == [1, 500]


def test_the_public_names_are_these() -> None:
    assert set(emulator.__all__) == {"Emulator", "WorldFileUnusable", "WorldSpec", "read_world"}
