"""Whether this machine has what runs stand on: Prefect, the journal, the state folder."""

from __future__ import annotations

import os
import stat
from collections.abc import Iterator, Mapping
from importlib.metadata import version as installed
from pathlib import Path

from sqlalchemy.engine import make_url
from sqlalchemy.exc import SQLAlchemyError

from runbooks.doctor.finding import WITHIN_S, Finding, bad, ok, warn
from runbooks.server import running
from runbooks.server.health import trouble, version
from runbooks.server.use import server_folder
from tasks.places import journal_url, state_folder
from tasks.store import opened

PREFECT, JOURNAL, FOLDER = "Prefect", "journal", "state folder"


def machine(environment: Mapping[str, str]) -> Iterator[Finding]:
    """What stands on this machine."""
    yield _prefect(environment)
    folder = _folder(environment)
    yield folder
    yield _journal(environment)


def _prefect(environment: Mapping[str, str]) -> Finding:
    told = environment.get("PREFECT_API_URL", "").rstrip("/")
    if told:
        cure = "correct PREFECT_API_URL, start that server, or unset it to use the local one"
        return _answering(told, cure)
    server = running(server_folder())
    if server is None:
        return ok(PREFECT, "no local server runs; the first run starts one")
    return _answering(server.api, "runbook down, then runbook up")


def _answering(url: str, cure: str) -> Finding:
    if why := trouble(url, within_s=WITHIN_S):
        return bad(PREFECT, f"{url}: {why}", cure)
    ours, theirs = installed("prefect"), version(url, within_s=WITHIN_S)
    if theirs and _series(theirs) != _series(ours):
        told = f"{url} has version {theirs}, this machine {ours}"
        return warn(PREFECT, told, "bring both to one version")
    return ok(PREFECT, f"{url} answers, version {theirs or 'not told'}")


def _series(version: str) -> list[str]:
    return version.split(".")[:2]


def _folder(environment: Mapping[str, str]) -> Finding:
    try:
        folder = state_folder(environment)
    except OSError as error:
        return bad(FOLDER, str(error), "set XDG_STATE_HOME to a folder that you may write")
    if not os.access(folder, os.W_OK | os.X_OK):
        return bad(FOLDER, f"{folder} cannot be written", f"chmod u+rwx {folder}")
    if _is_open(folder):
        return warn(FOLDER, f"others may look into {folder}", f"chmod go= {folder}")
    return ok(FOLDER, str(folder))


def _is_open(folder: Path) -> bool:
    return bool(folder.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO))


def _journal(environment: Mapping[str, str]) -> Finding:
    told = journal_url(environment)
    # libpq would wait for minutes.
    os.environ.setdefault("PGCONNECT_TIMEOUT", f"{WITHIN_S:.0f}")
    try:
        shown = make_url(told).render_as_string(hide_password=True)
    except SQLAlchemyError:
        return bad(JOURNAL, "RUNBOOK_JOURNAL is no database URL", _JOURNAL_CURE)
    try:
        opened(told).dispose()
    except (SQLAlchemyError, ImportError) as error:
        why = str(getattr(error, "orig", None) or error).partition("\n")[0]
        return bad(JOURNAL, f"{shown}: {why}", _JOURNAL_CURE)
    return ok(JOURNAL, f"{shown} can be written")


_JOURNAL_CURE = (
    "correct RUNBOOK_JOURNAL (sqlite:///FILE or postgresql://user@host/name), or unset it"
)
