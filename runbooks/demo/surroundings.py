"""What the processes of a demo see: nothing of the user's settings."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

SPEED = 60
"""How fast the time of the demo runs: a snapshot takes some seconds instead of minutes."""

KEPT = (
    "PATH",
    "HOME",
    "USER",
    "LOGNAME",
    "LANG",
    "LC_ALL",
    "LC_CTYPE",
    "TERM",
    "COLORTERM",
    "NO_COLOR",
    "COLUMNS",
    "TZ",
    "TMPDIR",
    "PYTHONPATH",
    "VIRTUAL_ENV",
)

WORLD = """\
clusters:
  - {name: demo, nodes: 3, data_gb: 120}
snapshots:
  - {name: last-month, cluster: demo, type: MANUAL}
  - {name: last-night, cluster: demo, type: AUTOMATED}
"""


def bare(environment: Mapping[str, str], folder: Path) -> dict[str, str]:
    """What is left of an environment, with the state folder in ``folder``."""
    kept = {name: environment[name] for name in KEPT if name in environment}
    return {**kept, "XDG_STATE_HOME": str(folder), "PYTHONUNBUFFERED": "1"}


def with_account(environment: Mapping[str, str], url: str) -> dict[str, str]:
    """The same, with the emulator at ``url`` as the account ``default``."""
    return {
        **environment,
        "DWS_ENDPOINT": url,
        "DWS_IAM_ENDPOINT": url,
        "DWS_USERNAME": "testname",
        "DWS_DOMAIN": "testname",
        "DWS_PASSWORD": "Passw0rd",
        "DWS_PROJECT_NAME": "eu-de",
        "RUNBOOK_CLOCK_SPEED": str(SPEED),
    }
