"""How a call ends that does not work."""

from __future__ import annotations

from collections.abc import Sequence

from runbooks.engine.console.mistaken import BAD_INPUT, Told

FAILED = 5


class BadCall(Told):
    """What was given cannot work; nothing was sent."""

    def __init__(self, problems: Sequence[str]) -> None:
        super().__init__(problems, BAD_INPUT)


class CallFailed(Told):
    """The service refused, failed, or did not answer."""

    def __init__(self, error: Exception) -> None:
        super().__init__([" ".join(str(error).split())], FAILED)
