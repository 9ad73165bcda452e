"""Passwords of users of external data sources: settings of the environment, never parameters."""

from __future__ import annotations

import os
from collections.abc import Mapping

from pydantic import SecretStr

PREFIX = "DWS_SOURCE_PASSWORD"


def setting(source: str) -> str:
    """The name of the variable for one data source: its name in capitals behind the prefix."""
    return f"{PREFIX}_{source.upper()}"


def password_of(source: str, environment: Mapping[str, str] = os.environ) -> SecretStr | None:
    """The password for one data source, else that for all; None if neither is set."""
    told = environment.get(setting(source)) or environment.get(PREFIX)
    return SecretStr(told) if told else None
