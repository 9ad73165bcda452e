"""
Reads a ``--world`` file: YAML 1.2, with duplicate keys refused, and all mistakes told at once.

The one place in `dws` that knows YAML. Everything may be left out; fields and defaults are those of
`dws.emulator.spec.WorldSpec`:

    seed: 7
    clusters:
    - {name: sales, nodes: 3, data_gb: 240, tags: {runbook-protected: ""}}
    - {name: "fleet-{n}", count: 500, password: F1eet-Passw0rd, sql: "CREATE TABLE t (id int)"}
    snapshots:
    - {name: nightly, cluster: sales, type: AUTOMATED}
    disaster_recoveries:
    - {name: pair, primary: sales, standby: fleet-1, status: running}
    durations: {snapshot: PT5M, restart: 200}
    quotas: {instances: 2000}
    profile: {missing_cluster: 403 DWS.0015, create_answers: order}
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from pydantic import ValidationError
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from dws.emulator.flavors import FLAVORS
from dws.emulator.spec import ToldCluster, WorldSpec


class WorldFileUnusable(ValueError):
    """
    A world file with mistakes.

    Attributes:
        mistakes: One line each: the path in the file, what is wrong, and the cure.
    """

    def __init__(self, path: Path, mistakes: list[str]) -> None:
        super().__init__(path, mistakes)
        self.path = path
        self.mistakes = mistakes

    def __str__(self) -> str:
        return "\n".join(f"{self.path}: {mistake}" for mistake in self.mistakes)


def read_world(path: Path) -> WorldSpec:
    """
    Read a world file.

    Raises:
        WorldFileUnusable: It cannot be read, or has mistakes.
    """
    try:
        told = YAML(typ="safe", pure=True).load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise WorldFileUnusable(path, [f"cannot be read: {error.strerror}"]) from None
    except (YAMLError, UnicodeDecodeError) as error:
        raise WorldFileUnusable(path, [f"is no YAML: {error}"]) from None
    try:
        spec = WorldSpec.model_validate({} if told is None else told)
    except ValidationError as error:
        raise WorldFileUnusable(path, list(_mistakes(error))) from None
    if found := list(_contradictions(spec)):
        raise WorldFileUnusable(path, found)
    return spec


def _mistakes(error: ValidationError) -> Iterable[str]:
    for mistake in error.errors(include_url=False, include_context=False):
        where = _path(mistake["loc"])
        said = mistake["msg"].removeprefix("Value error, ")
        if mistake["type"] == "extra_forbidden":
            said = f"unknown; there are: {', '.join(_siblings(mistake['loc']))}"
        yield f"{where or 'the file'}: {said}"


def _path(steps: Iterable[int | str]) -> str:
    written = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in steps)
    return written.removeprefix(".")


def _siblings(steps: tuple[int | str, ...]) -> list[str]:
    model: Any = WorldSpec
    for step in steps[:-1]:
        if isinstance(step, str):
            annotation = model.model_fields[step].annotation
            model = getattr(annotation, "__args__", [annotation])[0]
    return sorted(model.model_fields)


def _contradictions(spec: WorldSpec) -> Iterable[str]:
    yield from _cluster_mistakes(spec)
    yield from _repeated("snapshots", [snapshot.name.lower() for snapshot in spec.snapshots])
    known = _names(spec.clusters) | {c.id for c in spec.clusters if c.id}
    for i, snapshot in enumerate(spec.snapshots):
        if snapshot.cluster not in known:
            yield f"snapshots[{i}].cluster: no cluster {snapshot.cluster} under clusters"
    for i, pair in enumerate(spec.disaster_recoveries):
        for side in ("primary", "standby"):
            if getattr(pair, side) not in known:
                yield (
                    f"disaster_recoveries[{i}].{side}: "
                    f"no cluster {getattr(pair, side)} under clusters"
                )


def _cluster_mistakes(spec: WorldSpec) -> Iterable[str]:
    projects = {p.name for p in spec.projects} | {p.id for p in spec.projects}
    for i, cluster in enumerate(spec.clusters):
        if cluster.node_type not in FLAVORS:
            known = ", ".join(FLAVORS)
            yield f"clusters[{i}].node_type: no {cluster.node_type}; there are: {known}"
        if cluster.project not in projects | {None}:
            yield f"clusters[{i}].project: no {cluster.project} under projects"
    yield from _repeated("clusters", [n for c in spec.clusters for n in _names([c])])
    yield from _repeated("clusters", [c.id for c in spec.clusters if c.id])


def _names(clusters: Iterable[ToldCluster]) -> set[str]:
    return {c.name.replace("{n}", str(n)) for c in clusters for n in range(1, c.count + 1)}


def _repeated(where: str, names: list[str]) -> Iterable[str]:
    seen: set[str] = set()
    for name in names:
        if name in seen:
            yield f"{where}: {name} is there twice; each needs a name and an id of its own"
        seen.add(name)
