"""Where runbooks lie: the folder of this package, and those of ``RUNBOOK_SHELF``."""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from runbooks.engine.load import Loaded, document_of, formed
from runbooks.engine.mistakes import BadInput, Mistake, Unsound, near

OURS = Path(__file__).parent.parent
SETTING = "RUNBOOK_SHELF"
_SUFFIXES = (".yaml", ".yml")


@dataclass(frozen=True)
class Shelved:
    """One file of the shelf; ``runbook`` is None if it is unsound, which ``mistakes`` tells."""

    file: Path
    loaded: Loaded | None
    mistakes: tuple[Mistake, ...] = ()

    @property
    def name(self) -> str:
        """What it is called by: the file's name without its ending."""
        return self.file.stem


def files(environment: Mapping[str, str] = os.environ) -> dict[str, Path]:
    """
    The files of the shelf by name, in order of name. Our own win over later folders.

    Raises:
        BadInput: A folder of ``RUNBOOK_SHELF`` is not there.
    """
    more = [Path(told) for told in environment.get(SETTING, "").split(os.pathsep) if told.strip()]
    if missing := [folder for folder in more if not folder.is_dir()]:
        raise BadInput([f"{SETTING}: there is no folder {folder}" for folder in missing])
    found: dict[str, Path] = {}
    for folder in (OURS, *more):
        for file in _yaml_in(folder):
            found.setdefault(file.stem, file)
    return dict(sorted(found.items()))


def shelf(environment: Mapping[str, str] = os.environ) -> Iterator[Shelved]:
    """Every runbook of the shelf, each file read once. Raises as `files`."""
    for file in files(environment).values():
        try:
            yield Shelved(file, formed(document_of(file)))
        except Unsound as error:
            yield Shelved(file, None, tuple(error.mistakes))


def found(name: str, environment: Mapping[str, str] = os.environ) -> Path:
    """
    The file of a runbook: by its name on the shelf, or by its path.

    Raises:
        BadInput: There is none.
    """
    if name.endswith(_SUFFIXES) or os.sep in name:
        if not Path(name).is_file():
            raise BadInput([f"there is no file {name}"])
        return Path(name)
    known = files(environment)
    if name not in known:
        raise BadInput([f"there is no runbook {name}{near(name, known)}"])
    return known[name]


def _yaml_in(folder: Path) -> list[Path]:
    return sorted(file for file in folder.iterdir() if file.suffix in _SUFFIXES and file.is_file())
