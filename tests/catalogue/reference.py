"""
What there is to declare: the operations of the API reference and those that the SDK alone has.

``reference.json`` holds, by official name, the section of the API reference 8.1.3.333 (null: known
from the SDK or the guides alone), and whether the answer comes before the end of the work.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dws.operation import Operation
from dws.operations import area_of, catalogue

ROOT = Path(__file__).parents[2]
WIRE = ROOT / "tests" / "wire"


@dataclass(frozen=True)
class Printed:
    """What the reference says of an operation."""

    section: str | None
    asynchronous: bool


REFERENCE = {
    name: Printed(**told)
    for name, told in json.loads((Path(__file__).parent / "reference.json").read_text()).items()
}
OPERATIONS = sorted(catalogue().values(), key=lambda cls: (area_of(cls), cls.__name__))


def declared_at(cls: type[Operation[Any]]) -> str:
    """File and line of the class, as an editor opens it."""
    file = ROOT / "dws" / "operations" / f"{area_of(cls)}.py"
    lines = file.read_text().splitlines()
    found = (n for n, line in enumerate(lines, 1) if line.startswith(f"class {cls.__name__}("))
    return f"{file.relative_to(ROOT)}:{next(found, 1)}"
