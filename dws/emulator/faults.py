"""What is to go wrong: told by the control interface, met by requests and by tasks."""

from __future__ import annotations

import itertools
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

CREATE_TOKEN = "CreateToken"  # noqa: S105 - a name
"""What a fault calls the request for a token, which is no operation of the catalogue."""


class _Fault(BaseModel):
    model_config = ConfigDict(extra="forbid")

    operation: str | None = None
    """Official name, or ``CreateToken``, ``ListProjects``; None for any."""
    times: int = Field(default=1, ge=1)
    after: int = Field(default=0, ge=0)
    """How many matching requests (or tasks) to let pass first."""

    def strikes(self, operation: str) -> bool:
        """Whether it is its turn at this one; counts it, if it is of this operation."""
        if self.operation not in {None, operation} or self.times == 0:
            return False
        if self.after > 0:
            self.after -= 1
            return False
        return True


class HttpFault(_Fault):
    """Answer with an error, and do nothing."""

    kind: Literal["http"]
    status: int = Field(ge=200, le=599)
    code: str = ""
    message: str = "Fault told by the control interface."
    retry_after_s: float | None = Field(default=None, ge=0)
    body: str | None = None
    """Sent as it is, as ``text/html``, in place of an error; as proxies do."""


class ResetFault(_Fault):
    """Close the connection before any effect."""

    kind: Literal["reset"]


class LostReplyFault(_Fault):
    """Let the request take effect, then close the connection."""

    kind: Literal["lost_reply"]


class TruncatedFault(_Fault):
    """Let it take effect, then break off within the answer."""

    kind: Literal["truncated"]
    cut: Literal["connection", "json"] = "connection"
    """``json``: a whole HTTP answer with half of the JSON."""


class DelayFault(_Fault):
    """Let real seconds pass before anything is done."""

    kind: Literal["delay"]
    delay_s: float = Field(ge=0, le=600)


class TokenExpiredFault(_Fault):
    """Refuse the token of the request, which is dead from then on."""

    kind: Literal["token_expired"]


class TaskFailsFault(_Fault):
    """Let the task that the operation starts fail, and leave this status."""

    kind: Literal["task_fails"]
    task_status: str = Field(min_length=1)


class StuckFault(_Fault):
    """Let the task that the operation starts never end."""

    kind: Literal["stuck"]


class CorruptBackupFault(_Fault):
    """
    Let a restore that the operation starts lose or change something, and say that it worked.

    Only where clusters have real databases.
    """

    kind: Literal["corrupt_backup"]
    sql: str = Field(min_length=1)
    """Runs in the restored cluster as superuser, before anybody can connect."""
    database: str = "gaussdb"


TaskFault = TaskFailsFault | StuckFault
WireFault = (
    HttpFault | ResetFault | LostReplyFault | TruncatedFault | DelayFault | TokenExpiredFault
)
AnyFault = WireFault | TaskFault | CorruptBackupFault
Fault = Annotated[AnyFault, Field(discriminator="kind")]
_READER: TypeAdapter[AnyFault] = TypeAdapter(Fault)


def read_fault(told: Any) -> AnyFault:
    """
    Read a fault.

    Raises:
        pydantic.ValidationError: It is none.
    """
    return _READER.validate_python(told)


class Faults:
    """All that is still to go wrong, oldest first."""

    def __init__(self) -> None:
        self._faults: dict[str, AnyFault] = {}
        self._numbers = itertools.count(1)

    def add(self, fault: AnyFault) -> str:
        """Keep a fault; answers its id."""
        number = str(next(self._numbers))
        self._faults[number] = fault
        return number

    def clear(self) -> None:
        """Let nothing go wrong any more."""
        self._faults.clear()

    def told(self) -> list[dict[str, Any]]:
        """All of them, the spent ones too (``times`` 0), as JSON."""
        return [{"id": i, **fault.model_dump(mode="json")} for i, fault in self._faults.items()]

    def for_request(self, operation: str, *, has_token: bool) -> WireFault | None:
        """The fault that this request meets; it is used up by that."""
        found: WireFault | None = None
        for fault in self._faults.values():
            if isinstance(fault, TaskFault | CorruptBackupFault):
                continue
            if isinstance(fault, TokenExpiredFault) and not has_token:
                continue
            if fault.strikes(operation) and found is None:
                fault.times -= 1
                found = fault
        return found

    def for_task(self, operation: str) -> TaskFault | None:
        """The fault that a task meets, which starts now; it is used up by that."""
        found: TaskFault | None = None
        for fault in self._faults.values():
            if isinstance(fault, TaskFault) and fault.strikes(operation) and found is None:
                fault.times -= 1
                found = fault
        return found

    def for_backup(self, operation: str) -> CorruptBackupFault | None:
        """The fault that a restore meets, which starts now; it is used up by that."""
        for fault in self._faults.values():
            if isinstance(fault, CorruptBackupFault) and fault.strikes(operation):
                fault.times -= 1
                return fault
        return None
