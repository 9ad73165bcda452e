"""What is asked for: which runbook, with what, on whose clusters."""

from __future__ import annotations

import getpass
import os
import secrets
import socket
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from dws import clock
from runbooks.engine.load import Loaded
from runbooks.engine.mistakes import BadInput
from tasks.run import RUN_ID


@dataclass(frozen=True)
class Order:
    """
    What is asked for.

    Attributes:
        params: Every parameter, as JSON.
        mode: ``live`` or ``rehearsal``.
        outside_window: Why it is begun outside of the runbook's window; empty if it is not.
        started: When it was asked for first, in UTC.
    """

    loaded: Loaded
    params: Mapping[str, Any]
    account: str
    mode: str
    run_id: str
    outside_window: str = ""
    started: datetime = field(default_factory=clock.wall)

    @property
    def run(self) -> dict[str, Any]:
        """What expressions know as ``run``."""
        told = {"id": self.run_id, "account": self.account, "mode": self.mode}
        return {**told, "started": self.started}

    def recorded(self) -> dict[str, Any]:
        """What the first record of the run keeps of it: all that going on with it needs."""
        loaded, metadata = self.loaded, self.loaded.runbook.metadata
        runbook = {
            "name": metadata.name,
            "version": metadata.version,
            "title": metadata.title,
            "hash": loaded.content_hash,
            "file": loaded.document.file,
            "text": loaded.document.text,
        }
        started = self.started.isoformat()
        told = {"runbook": runbook, "params": dict(self.params), "started": started}
        waived = {"outside_window": self.outside_window} if self.outside_window else {}
        return {**told, "account": self.account, "mode": self.mode, "by": who(), **waived}


def new_run_id(name: str) -> str:
    """An id that sorts by time and reads well: ``20261121-1402-backup-then-delete-7f3a``."""
    return f"{clock.wall():%Y%m%d-%H%M}-{name[:40].rstrip('-')}-{secrets.token_hex(2)}"


def valid_run_id(told: str) -> str:
    """
    The id of a run as a person told it.

    Raises:
        BadInput: It is none.
    """
    if not RUN_ID.fullmatch(told):
        rule = "use 1 to 64 letters, digits, '.', '_' or '-', a letter or digit first"
        raise BadInput([f"--run-id {told!r}: {rule}"])
    return told


def who() -> str:
    """``user@host``, as far as the machine knows."""
    try:
        user = getpass.getuser()
    except (KeyError, OSError):
        user = str(os.getuid())
    return f"{user}@{socket.gethostname()}"
