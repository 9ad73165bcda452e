"""``runbook serve``: real schedules of a real Prefect server, served by a real process."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import psutil
import pytest
from filelock import FileLock
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.objects import State
from prefect.client.schemas.responses import DeploymentResponse
from prefect.states import Scheduled

from runbooks.engine.journal import Journal
from runbooks.engine.scheduled import run_id_at
from runbooks.engine.story import Story
from runbooks.server import start, stop
from tasks.store import database
from tests.cloud import Cloud
from tests.command.conftest import Call
from tests.prefect_server import database as database_copied
from tests.runbooks.sources import HEAD

pytestmark = pytest.mark.usefixtures("prefect_server")

WITHIN_S = 90.0
LOOK_EVERY_S = 0.2
NEVER = "0 3 29 2 *"
"""A schedule that does not come while these tests run."""
TAKE = """\
risk: mutate
params:
  name: {type: string}
triggers:
  - {schedule: "%s", timezone: Europe/Berlin, overlap: %s}
steps:
  - id: all
    uses: clusters.list_clusters
  - id: take
    uses: snapshots.create_snapshot
    with:
      snapshot:
        name: "{{ params.name }}-{{ run.id }}"
        cluster_id: "{{ steps.all.outputs.clusters[0].id }}"
  - id: ready
    uses: snapshots.wait_until_snapshot_ready
    with: {snapshot_id: "{{ steps.take.outputs.snapshot.id }}"}
"""


@dataclass(frozen=True)
class Served:
    """A runbook that a process serves, whose first trigger can be made due."""

    process: subprocess.Popen[str]
    client: SyncPrefectClient
    file: Path
    lines: list[str]

    def deployment(self) -> DeploymentResponse:
        return self.client.read_deployment_by_name(f"{self.file.stem}/trigger-1")

    def due(self, at: datetime) -> UUID:
        """Make a run due, as the schedule does."""
        made = self.client.create_flow_run_from_deployment(
            self.deployment().id, state=Scheduled(scheduled_time=at)
        )
        return made.id

    def state(self, run: UUID) -> State[Any]:
        found = self.client.read_flow_run(run).state
        assert found is not None
        return found

    def over(self, run: UUID, meanwhile: Callable[[], None] = lambda: None) -> State[Any]:
        """The state that a run ends in."""

        def look() -> State[Any] | None:
            meanwhile()
            return state if (state := self.state(run)).is_final() else None

        found: State[Any] = until(look)
        return found

    def story(self, at: datetime) -> Story:
        """What the journal says of the run of a time."""
        run_id = run_id_at(str(self.file), 1, "default", at)
        return Story(Journal(database()).records(run_id))

    def waits(self, at: datetime) -> None:
        """Return when the run of that time waits for its snapshot."""
        run_id = run_id_at(str(self.file), 1, "default", at)
        journal = Journal(database())
        until(lambda: any(one.kind == "wait" for one in journal.records(run_id)))

    def ended(self, sent: signal.Signals = signal.SIGINT) -> str:
        """What it printed until its orderly end."""
        if sent is signal.SIGINT:
            os.killpg(self.process.pid, sent)  # as a terminal does
        else:
            self.process.send_signal(sent)
        told, _ = self.process.communicate(timeout=WITHIN_S)
        assert self.process.returncode == 0, told
        return told


def until(look: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WITHIN_S
    while time.monotonic() < deadline:
        if found := look():
            return found
        time.sleep(LOOK_EVERY_S)
    raise AssertionError(f"not within {WITHIN_S} s")


def placed(folder: Path, overlap: str = "skip") -> Path:
    """A runbook of a name that no other test has: all share one Prefect."""
    file = folder / f"served-{uuid4().hex[:12]}.yaml"
    head = HEAD.replace("name: example", f"name: {file.stem}")
    file.write_text(head + TAKE % (NEVER, overlap), encoding="utf-8")
    return file


@pytest.fixture
def client() -> Iterator[SyncPrefectClient]:
    """The Prefect of the session, which keeps no deployment of these tests."""
    with get_client(sync_client=True) as opened:
        yield opened
        for deployment in opened.read_deployments():
            if "dws-runbook" in deployment.tags:
                opened.delete_deployment(deployment.id)


@contextmanager
def serving(file: Path, client: SyncPrefectClient) -> Iterator[Served]:
    params = file.parent / "params.yaml"
    params.write_text("name: nightly\n", encoding="utf-8")
    process = subprocess.Popen(
        [sys.executable, "-m", "runbooks.command", "serve", str(file), "--params", str(params)],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    assert process.stdout is not None
    try:
        lines: list[str] = []
        for line in process.stdout:
            lines.append(line)
            if line.startswith("serving "):
                break
        else:
            raise AssertionError("".join(lines))
        yield Served(process, client, file, lines)
    finally:
        children = psutil.Process(process.pid).children() if process.poll() is None else []
        for one in (process, *children):
            with suppress(psutil.NoSuchProcess):
                one.kill()
        process.wait()
        process.stdout.close()


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Prefect looks each second, and waits for the cloud take no long naps."""
    monkeypatch.setenv("PREFECT_RUNNER_POLL_FREQUENCY", "1")
    monkeypatch.setenv("RUNBOOK_CLOCK_SPEED", "100")


def minute() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


def test_a_time_is_a_run_and_the_same_time_again_is_the_same_run(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    at = minute()
    with serving(placed(tmp_path), client) as served:
        first = served.over(served.due(at), lambda: cloud.advance(60))
        again = served.over(served.due(at))
        told = served.ended()

    assert served.lines[0].endswith("next Tue 2028-02-29 03:00 CET\n")
    assert (first.name, again.name) == ("Completed", "Completed"), told
    assert (served.story(at).status, served.story(at).attempts) == ("done", 1)
    assert "has ended before: done; nothing was changed" in told
    assert cloud.changes() == ["CreateSnapshot"]


def test_a_schedule_that_nobody_serves_is_not_active(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    with serving(placed(tmp_path), client) as served:
        (schedule,) = served.deployment().schedules
        while_served = served.deployment().paused
        told = served.ended()

    assert (schedule.schedule.cron, schedule.schedule.timezone) == (NEVER, "Europe/Berlin")
    assert schedule.active
    assert not while_served
    assert served.deployment().paused
    assert told == "stopped: nothing starts by itself any more\n"


@pytest.mark.parametrize("sent", [signal.SIGINT, signal.SIGTERM])
def test_the_end_of_serving_stops_the_run_orderly(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient, sent: signal.Signals
) -> None:
    at = minute()
    with serving(placed(tmp_path), client) as served:
        served.due(at)
        served.waits(at)
        children = psutil.Process(served.process.pid).children(recursive=True)
        told = served.ended(sent)

    assert served.story(at).status == "interrupted"
    assert f"go on with: runbook resume {served.story(at).run_id}" in told
    assert psutil.wait_procs(children, timeout=WITHIN_S)[1] == []
    assert served.deployment().paused


def test_a_time_that_comes_while_the_run_before_is_at_work_is_left_out(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    at = minute()
    with serving(placed(tmp_path), client) as served:
        first = served.due(at)
        served.waits(at)
        second = served.over(served.due(at + timedelta(seconds=1)))
        done = served.over(first, lambda: cloud.advance(60))
        served.ended()

    assert second.is_cancelled()
    assert done.is_completed()
    assert cloud.changes() == ["CreateSnapshot"]


def test_a_time_that_queues_waits_for_the_run_before(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    at, later = minute(), minute() + timedelta(seconds=1)
    with serving(placed(tmp_path, "queue"), client) as served:
        first = served.due(at)
        served.waits(at)
        second = served.due(later)
        until(lambda: served.state(second).name == "AwaitingConcurrencySlot")
        assert cloud.changes() == ["CreateSnapshot"]
        served.over(first, lambda: cloud.advance(60))
        done = served.over(second, lambda: cloud.advance(60))
        told = served.ended()

    assert done.is_completed(), told
    assert served.story(later).status == "done"
    assert cloud.changes() == ["CreateSnapshot"] * 2


def test_a_time_that_was_missed_by_hours_is_left_out(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    with serving(placed(tmp_path), client) as served:
        state = served.over(served.due(minute() - timedelta(hours=2)))
        served.ended()

    assert state.is_cancelled()
    assert state.message == "left out: 2.0 h too late"
    assert cloud.changes() == []


def test_a_run_that_fails_is_told_to_prefect_with_its_report(
    cloud: Cloud, account: str, tmp_path: Path, client: SyncPrefectClient
) -> None:
    at = minute()
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)
    with serving(placed(tmp_path), client) as served:
        state = served.over(served.due(at))
        served.ended()

    run_id = served.story(at).run_id
    assert state.is_failed()
    assert f"run {run_id} ended with exit code 5: runbook report {run_id}" in str(state.message)


def test_two_processes_do_not_serve_the_same_runbook(
    runbook: Call, tmp_path: Path, state: Path
) -> None:
    file = placed(tmp_path)
    (state / "serving").mkdir(parents=True)
    (tmp_path / "params.yaml").write_text("name: nightly\n", encoding="utf-8")

    with FileLock(state / "serving" / f"{file.stem}.lock"):
        result = runbook("serve", str(file), "--params", str(tmp_path / "params.yaml"))

    assert result.exit_code == 3
    assert result.stderr == f"error: {file.stem} is served by another process\n"


@pytest.mark.parametrize(
    ("names", "params", "problem"),
    [
        (["{file}"], None, "{name}, trigger 1: parameter name: missing; tell it with"),
        (["{file}"], "name: 1\n", "{name}, trigger 1: parameter name in {params}:1: 1 is no"),
        (["{file}"], "nam: x\n", "{name}, trigger 1: parameter nam: {name} has none of that"),
        (["backup-then-delete"], None, "backup-then-delete has no triggers: add some"),
        ([], "{name}: {{name: a}}\nother: {{a: b}}\n", "{params}:2: other is not served; known"),
        ([], "name: a\n", "{params}:1: name is not served; known: "),
        ([], "- a\n", "--params {params}: write it as `runbook: {{name: value}}`"),
    ],
)
def test_what_cannot_be_served_is_told_before_anything_is(
    runbook: Call,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    names: list[str],
    params: str | None,
    problem: str,
) -> None:
    (tmp_path / "shelf").mkdir()
    file = placed(tmp_path / "shelf")
    monkeypatch.setenv("RUNBOOK_SHELF", str(file.parent))
    known = {"file": file, "name": file.stem, "params": tmp_path / "params.yaml"}
    options = []
    if params is not None:
        known["params"].write_text(params.format(**known), encoding="utf-8")
        options = ["--params", str(known["params"])]

    result = runbook("serve", *[name.format(**known) for name in names], *options)

    assert result.exit_code == 2
    assert result.stderr.startswith(f"error: {problem.format(**known)}")


def test_serving_ends_when_prefect_does_and_says_that_schedules_are_left(
    account: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, request: pytest.FixtureRequest
) -> None:
    home = tmp_path / "prefect"
    home.mkdir()
    url = database_copied(request.config.cache.mkdir("prefect"), home)
    server = start(home, {**os.environ, "PREFECT_SERVER_DATABASE_CONNECTION_URL": url})
    monkeypatch.setenv("PREFECT_API_URL", server.api)
    monkeypatch.setenv("PREFECT_CLIENT_MAX_RETRIES", "0")
    try:
        with get_client(sync_client=True) as client, serving(placed(tmp_path), client) as served:
            stop(home)
            told, _ = served.process.communicate(timeout=WITHIN_S)
    finally:
        stop(home)

    assert served.process.returncode == 5
    assert "error: no more is served: the schedules are still active, as Prefect failed" in told
