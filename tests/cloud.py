"""The emulator as tests see it: its control interface."""

from __future__ import annotations

from typing import Any

import httpx


class Cloud:
    """
    Asks and turns an emulator.

    Attributes:
        url: The address of service and identity service.
    """

    def __init__(self, url: str) -> None:
        self.url = url
        # No TLS on loopback: loading certificates would take 27 ms.
        self._http = httpx.Client(base_url=f"{url}/_emulator", verify=False, timeout=30.0)

    def close(self) -> None:
        self._http.close()

    def state(self) -> dict[str, list[dict[str, Any]]]:
        """``clusters, snapshots, disaster_recoveries, jobs``, the deleted ones too."""
        return self._ask("GET", "/state")

    def clusters(self) -> dict[str, str]:
        """Status by name, of those that are there."""
        return self._present("clusters")

    def snapshots(self) -> dict[str, str]:
        """Status by name, of those that are there."""
        return self._present("snapshots")

    def requests(self, operation: str | None = None) -> list[dict[str, Any]]:
        """What was requested, in order; with ``operation``, of that one alone."""
        told: list[dict[str, Any]] = self._ask("GET", "/requests")["requests"]
        return [sent for sent in told if operation in {None, sent["operation"]}]

    def changes(self) -> list[str]:
        """The operations that were accepted, but for those that read, and tokens."""
        return [
            sent["operation"]
            for sent in self.requests()
            if sent["method"] != "GET" and sent["operation"] and 200 <= sent["status"] < 300
        ]

    def advance(self, seconds: float) -> None:
        """Let emulated seconds pass, and all that falls due in them happen."""
        self._ask("POST", "/clock", {"advance_s": seconds})

    def fault(self, kind: str, operation: str | None = None, **more: Any) -> None:
        """Plant a fault; ``more`` is ``times``, ``after`` and what the kind takes."""
        self._ask("POST", "/faults", {"kind": kind, "operation": operation, **more})

    def faults(self) -> list[dict[str, Any]]:
        """What was planted; ``times`` is how often it will still strike."""
        told = self._ask("GET", "/faults")
        return list(told["faults"] if isinstance(told, dict) else told)

    def forget_faults(self) -> None:
        """Let nothing go wrong any more."""
        self._ask("DELETE", "/faults")

    def reset(self) -> None:
        """Go back to the world of the beginning."""
        self._ask("POST", "/reset")

    def _present(self, what: str) -> dict[str, str]:
        return {item["name"]: item["status"] for item in self.state()[what] if not item["deleted"]}

    def _ask(self, method: str, path: str, body: dict[str, Any] | None = None) -> Any:
        answer = self._http.request(method, path, json=body)
        answer.raise_for_status()
        return answer.json() if answer.content else None
