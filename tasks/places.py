"""Where this user's state lies on this machine."""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path


def state_folder(environment: Mapping[str, str] = os.environ) -> Path:
    """``${XDG_STATE_HOME:-~/.local/state}/dws-runbook``, made if missing, for the user alone."""
    base = environment.get("XDG_STATE_HOME") or Path.home() / ".local" / "state"
    folder = Path(base) / "dws-runbook"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    return folder


def journal_url(environment: Mapping[str, str] = os.environ) -> str:
    """``RUNBOOK_JOURNAL``, else an SQLite file in the state folder."""
    return environment.get("RUNBOOK_JOURNAL") or f"sqlite:///{state_folder(environment)}/journal.db"
