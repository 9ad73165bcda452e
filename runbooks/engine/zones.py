"""Time zones by their names."""

from __future__ import annotations

from zoneinfo import ZoneInfo, available_timezones

from runbooks.engine.mistakes import near


def bad_zone(name: str) -> str:
    """Why a name is that of no time zone; empty if it is one."""
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        known = near(name, available_timezones())
        cure = known if "did you mean" in known else ": write it as Europe/Berlin"
        return f"no time zone {name}{cure}"
    return ""
