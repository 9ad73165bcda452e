"""What the README shows, works."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from sybil import Sybil
from sybil.parsers.markdown import PythonCodeBlockParser

from dws import clock
from runbooks.command import COMMANDS
from runbooks.engine.shelf import files

README = Path(__file__).parents[1] / "README.md"


def test_the_examples_run(capsys: pytest.CaptureFixture[str]) -> None:
    document = Sybil([PythonCodeBlockParser()]).parse(README)

    with clock.using(clock.ScaledClock()):  # an example sets the clock of this process
        for example in document.examples():
            example.evaluate()

    assert "demo AVAILABLE" in capsys.readouterr().out


def test_the_commands_are_there() -> None:
    shown = set(re.findall(r"\$ runbook +([a-z]+)", README.read_text()))

    assert shown
    assert shown <= set(COMMANDS)


def test_every_runbook_has_its_row() -> None:
    shown = set(re.findall(r"`([a-z-]+)`", README.read_text()))

    assert set(files()) <= shown


def test_the_places_of_the_map_are_there() -> None:
    places = re.findall(r"^\| `([a-z_./*]+)`", README.read_text(), flags=re.MULTILINE)

    assert len(places) > 8
    assert [place for place in places if not list(README.parent.glob(place.rstrip("/")))] == []
