"""How long things last."""

from __future__ import annotations

import hashlib
from typing import Literal

from dws.emulator.spec import Durations

Kind = Literal[
    "create",
    "snapshot",
    "restore",
    "delete",
    "restart",
    "grow",
    "create_node",
    "copy_snapshot",
    "delete_snapshot",
    "gap",
]

_RANGES_S: dict[Kind, tuple[int, int]] = {
    "create": (600, 900),  # documented: 10 to 15 minutes
    "snapshot": (180, 600),  # assumed, as all below; astronomer-providers 941 saw 4 to 5 minutes
    "restore": (600, 900),
    "delete": (120, 300),
    "restart": (180, 360),  # facts/service_and_peers A12: about 3 minutes, up to 20
    "grow": (900, 1800),
    "create_node": (300, 600),
    "copy_snapshot": (180, 600),
    "delete_snapshot": (5, 15),
    "gap": (30, 60),  # python-otcextensions 334: up to a minute
}


def lasting_s(kind: Kind, durations: Durations, seed: int, name: str) -> float:
    """
    Seconds that something lasts: as the world fixes it, else somewhere in its range.

    Where in the range follows from the seed and the resource's name, so that a second run on
    an equal world lasts as long.
    """
    fixed = getattr(durations, kind)
    if fixed is not None:
        return float(fixed.total_seconds())
    low, high = _RANGES_S[kind]
    digest = hashlib.sha256(f"{seed}:{kind}:{name}".encode()).digest()
    return low + (high - low) * int.from_bytes(digest[:4]) / 2**32
