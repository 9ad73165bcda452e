"""Ports that databases may listen on."""

from __future__ import annotations

import secrets
import socket

from dws.emulator.data_plane import DataPlaneUnusable
from dws.emulator.dataplane.postmaster import HOST

_FIRST, _LAST = 20_000, 32_000
"""Below those that systems give to outgoing connections: a stopped database keeps its port."""
_TRIES = 200


def is_free(port: int) -> bool:
    """Whether one can listen on a port."""
    with socket.socket() as tried:
        tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            tried.bind((HOST, port))
        except OSError:
            return False
    return True


def free(taken: set[int]) -> int:
    """
    A free port, by chance, so that two emulators seldom want the same.

    Raises:
        DataPlaneUnusable: None was found.
    """
    for _ in range(_TRIES):
        port = secrets.choice(range(_FIRST, _LAST))
        if port not in taken and is_free(port):
            return port
    raise DataPlaneUnusable(f"no free port from {_FIRST} to {_LAST} on {HOST}")
