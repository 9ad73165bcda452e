"""What each procedure is tried on when it is killed: one module for each, of the flow's name."""

from __future__ import annotations

import pkgutil
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

from dws.emulator.data_plane import Kind


@dataclass(frozen=True)
class Scenario:
    """
    A run of a runbook on a world of its own.

    Attributes:
        runbook: Its name.
        params: As told by ``-p``.
        world: What is there at the beginning.
        speed: How fast time runs. The client's clock runs as fast; a request takes some
            milliseconds of the wall.
        data_plane: ``postgres`` where the procedure speaks SQL.
        environment: Settings beside those of the account, e.g. ``DWS_DATABASE_PASSWORD``.
        exit_code: How the run is to end.
        is_quick: Whether it is killed in the suite too, not in the sweep alone.
        varies: Names of fields that may differ between two runs, and why.
    """

    runbook: str
    params: Mapping[str, str]
    world: Mapping[str, Any]
    speed: float = 1200.0
    data_plane: Kind = "none"
    environment: Mapping[str, str] = field(default_factory=dict)
    exit_code: int = 0
    is_quick: bool = True
    varies: Mapping[str, str] = field(default_factory=dict)

    @property
    def arguments(self) -> list[str]:
        """What follows ``runbook``."""
        told = [part for name, value in self.params.items() for part in ("-p", f"{name}={value}")]
        return ["run", self.runbook, *told, "--run-id", "k1"]


def scenarios() -> dict[str, Scenario]:
    """All of them, by name of the flow."""
    names = sorted(module.name for module in pkgutil.iter_modules(__path__))
    return {name: import_module(f"{__name__}.{name}").SCENARIO for name in names}
