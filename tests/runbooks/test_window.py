from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from runbooks.command import main
from runbooks.engine.check import sound
from runbooks.engine.document import read
from runbooks.engine.journal import Journal
from runbooks.engine.mistakes import Unsound
from runbooks.engine.story import Story
from tasks.store import database
from tests.cloud import Cloud
from tests.runbooks.sources import BACKUP, HEAD, placed


def call(*arguments: str) -> Result:
    return CliRunner().invoke(main, list(arguments), catch_exceptions=False)


def body(begin: timedelta, end: timedelta) -> str:
    now = datetime.now(UTC)
    hours = f"{now + begin:%H:%M}-{now + end:%H:%M}"
    return f'policy: {{window: "{hours}"}}\n{BACKUP}'


CLOSED = timedelta(hours=2), timedelta(hours=3)
OPEN = timedelta(hours=-2), timedelta(hours=2)


@pytest.mark.parametrize("window", ["22-05", "MO-FR 22:00-05:00", "22:00-05:00 CETT"])
def test_a_mistake_in_a_window_is_found(window: str) -> None:
    with pytest.raises(Unsound) as caught:
        sound(read(f'{HEAD}policy: {{window: "{window}"}}\n{BACKUP}', "example.yaml"))

    told = f"example.yaml:4: policy.window: {window!r} is no window; write it as '22:00-05:00'"
    assert str(caught.value.mistakes[0]).startswith(told)


def test_a_window_does_not_state_what_to_do_on_failure() -> None:
    text = f'{HEAD}policy: {{window: "22:00-05:00"}}\n{BACKUP}'

    with pytest.raises(Unsound, match="policy: risk is destructive: state"):
        sound(read(text.replace("risk: mutate", "risk: destructive"), "example.yaml"))


def test_a_run_outside_of_its_window_is_refused_and_told_when_it_opens(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = str(placed(body(*CLOSED), tmp_path))
    before = cloud.requests()

    result = call("run", file, "-p", "name=nightly", "--run-id", "one")

    assert result.exit_code == 3
    assert result.stderr.startswith("error: example is outside of its window, ")
    assert " UTC; it opens " in result.stderr
    assert cloud.requests() == before
    assert "  window   closed until " in call("plan", file, "-p", "name=nightly").stdout


def test_a_run_within_its_window_is_begun(cloud: Cloud, account: str, tmp_path: Path) -> None:
    result = call("run", str(placed(body(*OPEN), tmp_path)), "-p", "name=nightly")

    assert result.exit_code == 0
    assert "  window   open until " in result.stdout


def test_why_a_run_was_begun_outside_of_its_window_is_kept(
    cloud: Cloud, account: str, tmp_path: Path
) -> None:
    file = str(placed(body(*CLOSED), tmp_path))
    why = ("--outside-window", "--reason", "outage CHG1")
    cloud.fault("http", "CreateSnapshot", status=400, code="DWS.0001", times=1)

    failed = call("run", file, "-p", "name=nightly", "--run-id", "one", *why)
    resumed = call("resume", "one")

    story = Story(Journal(database()).records("one"))
    assert (failed.exit_code, resumed.exit_code) == (5, 0)
    assert story.order().outside_window == "outage CHG1"
    assert "| Outside its window | outage CHG1 |" in call("report", "one").stdout


@pytest.mark.parametrize("options", [["--outside-window"], ["--reason", "because"]])
def test_a_reason_and_the_override_go_together(options: list[str]) -> None:
    result = call("run", "backup-then-delete", *options)

    assert result.exit_code == 2
    assert "--outside-window and --reason TEXT go together" in result.stderr
