"""
What data there are, by key: ``clusters/<id>``, ``backups/<id>`` and so on.

Each is a folder, or still unmade: then a record in the world says how to make it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import asdict
from pathlib import Path

import orjson

from dws.emulator.data_plane import Step, Unmade
from dws.emulator.dataplane import folders
from dws.emulator.dataplane.binaries import Owner
from dws.emulator.world import World

_STEPS = "steps.json"
"""In the folder of a database: what is to be done before anybody connects."""


class Shelf:
    """The data of one emulator."""

    def __init__(
        self, world: World, root: Path, owner: Owner, template: Callable[[], Path]
    ) -> None:
        self._world, self._root, self._owner, self._template = world, root, owner, template
        self._made = {
            f"{kind.name}/{name}" for kind in root.iterdir() for name in folders.whole(kind)
        }

    def made(self) -> list[str]:
        """The keys of all folders."""
        return list(self._made)

    def folder(self, key: str) -> Path:
        """Where the folder of a key is, or would be."""
        return self._root / key

    def put(self, key: str, steps: Iterable[Step]) -> None:
        """Let an empty database be there, to which steps are done first."""
        self.remove(key)
        self._world.keep(Unmade(key, list(steps)))

    def is_made(self, key: str) -> bool:
        """Whether there is a folder."""
        return key in self._made

    def make(self, key: str) -> Path:
        """The folder of a key; made if it is not there yet."""
        folder = self.folder(key)
        if key not in self._made:
            unmade = self._world.of(Unmade)[key]
            folders.copy(self._template(), folder, self._owner)
            self._write(folder, unmade.steps)
            self._made.add(key)
            self._world.forget(unmade)
        return folder

    def copy(self, source: str, target: str) -> None:
        """Copy data of which no server runs."""
        self.remove(target)
        if source in self._made:
            folders.copy(self.folder(source), self.folder(target), self._owner)
            self._made.add(target)
        elif unmade := self._world.of(Unmade).get(source):
            self._world.keep(Unmade(target, list(unmade.steps)))

    def copy_running(self, source: str, target: str, *, without: str) -> Path:
        """Copy a folder whose server runs, but for the content of one folder in it."""
        folder = self.folder(target)
        left_out = frozenset({without})
        folders.copy(self.folder(source), folder, self._owner, without=left_out)
        self._made.add(target)
        return folder

    def move(self, source: str, target: str) -> None:
        """Move data, of which no server runs."""
        self.remove(target)
        if source in self._made:
            folders.move(self.folder(source), self.folder(target))
            self._made.remove(source)
            self._made.add(target)
        elif unmade := self._world.of(Unmade).get(source):
            self._world.forget(unmade)
            self._world.keep(Unmade(target, unmade.steps))

    def remove(self, key: str) -> None:
        """Drop data; what is not there is passed over."""
        if key in self._made:
            folders.remove(self.folder(key))
            self._made.remove(key)
        if unmade := self._world.of(Unmade).get(key):
            self._world.forget(unmade)

    def has(self, key: str) -> bool:
        """Whether there are data of that key."""
        return key in self._made or key in self._world.of(Unmade)

    def clear(self) -> None:
        """Drop everything."""
        folders.remove(self._root)
        self._made.clear()

    def add_step(self, key: str, step: Step) -> None:
        """Let something more be done before anybody connects; no server may run."""
        if key in self._made:
            self._write(self.folder(key), [*self.steps(key), step])
        elif unmade := self._world.of(Unmade).get(key):
            self._world.keep(Unmade(key, [*unmade.steps, step]))

    def steps(self, key: str) -> list[Step]:
        """What is still to be done in a folder."""
        try:
            told = orjson.loads((self.folder(key) / _STEPS).read_bytes())
        except FileNotFoundError:
            return []
        return [Step(**step) for step in told]

    def leave(self, key: str, steps: list[Step]) -> None:
        """Say what is left to be done; nothing is done twice, should a kill come in between."""
        if steps:
            self._write(self.folder(key), steps)
        else:
            (self.folder(key) / _STEPS).unlink(missing_ok=True)

    def _write(self, folder: Path, steps: list[Step]) -> None:
        file = folder / _STEPS
        file.write_bytes(orjson.dumps([asdict(step) for step in steps]))
        self._owner.take(file)
