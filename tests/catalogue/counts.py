"""
How far each area is: ``python -m tests.catalogue.counts``.

Declared, with a task, with a handler, with an example of the reference; then what is known and
not declared, and how long it takes to import it all.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterable
from importlib import import_module
from itertools import groupby
from typing import Any

from prefect import Task

from dws.emulator.handlers import HANDLERS
from dws.operation import Operation
from dws.operations import area_of
from tasks.naming import snake
from tests.catalogue.reference import OPERATIONS, REFERENCE, WIRE

Cls = type[Operation[Any]]
COLUMNS = ("declared", "task", "handler", "example", "printed")


def has_task(cls: Cls) -> bool:
    """Whether Prefect can carry it out."""
    try:
        module = import_module(f"tasks.{area_of(cls)}")
    except ModuleNotFoundError:
        return False
    return isinstance(getattr(module, snake(cls.__name__), None), Task)


def has_example(cls: Cls) -> bool:
    """Whether its sample is kept."""
    return (WIRE / f"{cls.__name__}.json").exists()


def is_printed(cls: Cls) -> bool:
    """Whether the reference has a sample of it."""
    known = REFERENCE.get(cls.__name__)
    return known is not None and known.section is not None


def counted(operations: Iterable[Cls]) -> list[int]:
    """The figures of some operations, one for each column."""
    found = list(operations)
    tests: list[Callable[[Cls], bool]] = [has_task, HANDLERS.__contains__, has_example, is_printed]
    return [len(found), *(sum(map(test, found)) for test in tests)]


def main() -> None:
    """Print the table."""
    out = sys.stdout.write
    out(f"{'':<20}" + "".join(f"{column:>10}" for column in COLUMNS) + "\n")
    for area, operations in groupby(OPERATIONS, key=area_of):
        out(f"{area:<20}" + "".join(f"{figure:>10}" for figure in counted(operations)) + "\n")
    out(f"{'all':<20}" + "".join(f"{figure:>10}" for figure in counted(OPERATIONS)) + "\n")
    missing = sorted(REFERENCE.keys() - {cls.__name__ for cls in OPERATIONS})
    out(f"\nknown and not declared: {len(missing)} of {len(REFERENCE)}\n")
    out("".join(f"  {name}  {REFERENCE[name].section or 'SDK only'}\n" for name in missing))


if __name__ == "__main__":
    started = time.perf_counter()
    main()
    sys.stdout.write(f"counted in {time.perf_counter() - started:.1f} s\n")
