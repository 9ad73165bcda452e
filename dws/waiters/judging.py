"""What waiters share: words of the service, percentages, and what is looked at together."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

FAILED = re.compile(r".*[_ -](FAILED|FAILURE)$|^FAILED$")
PERCENT = re.compile(r"(\d+(?:\.\d+)?)\s*%?$")


def percent(text: str | None) -> float | None:
    """``"16%"`` as 16.0; None for what is no percentage."""
    found = PERCENT.match((text or "").strip())
    return float(found[1]) if found else None


def asked(field: str) -> Callable[[Any], str]:
    """What an operation was asked about, by the name of its field."""

    def key(operation: Any) -> str:
        return str(getattr(operation, field))

    return key
