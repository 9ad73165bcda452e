"""The folders of databases: copied, moved, and removed whole or not at all."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

from dws.emulator.dataplane.binaries import Owner

LOG = "server.log"
_OF_A_PROCESS = frozenset({"postmaster.pid", "postmaster.opts", LOG})
_PART = ".part"


def copy(
    source: Path, target: Path, owner: Owner, *, without: frozenset[str] = frozenset()
) -> None:
    """
    Copy the folder of a database, in place of what is there.

    What vanishes meanwhile is passed over, as a running server drops files.

    Args:
        without: Names of folders in it, whose content is left out.
    """
    part = target.with_name(target.name + _PART)
    remove(part)
    part.parent.mkdir(parents=True, exist_ok=True)
    _copy(source, part, owner, _OF_A_PROCESS, without)
    move(part, target)


def copy_content(source: Path, target: Path, owner: Owner) -> None:
    """Copy what is in a folder into one that is there."""
    _copy(source, target, owner, frozenset(), frozenset())


def move(source: Path, target: Path) -> None:
    """Move a folder, in place of what is there."""
    remove(target)
    target.parent.mkdir(parents=True, exist_ok=True)
    source.rename(target)


def remove(folder: Path) -> None:
    """Remove a folder; one that is not there is passed over."""
    shutil.rmtree(folder, ignore_errors=True)


def whole(folder: Path) -> set[str]:
    """The names of the folders in a folder; what a kill left half copied is removed."""
    for part in folder.glob(f"*{_PART}"):
        remove(part)
    return {found.name for found in folder.iterdir()}


def _copy(
    source: Path, target: Path, owner: Owner, unwanted: frozenset[str], without: frozenset[str]
) -> None:
    target.mkdir(mode=0o700, exist_ok=True)
    owner.take(target)
    for entry in os.scandir(source):
        if entry.name in unwanted:
            continue
        if not entry.is_dir(follow_symlinks=False):
            _copy_file(Path(entry.path), target / entry.name, owner)
        elif entry.name in without:
            (target / entry.name).mkdir(mode=0o700)
            owner.take(target / entry.name)
        else:
            _copy(Path(entry.path), target / entry.name, owner, frozenset(), frozenset())


def _copy_file(source: Path, target: Path, owner: Owner) -> None:
    try:
        shutil.copy2(source, target, follow_symlinks=False)
    except FileNotFoundError:
        return
    owner.take(target)
