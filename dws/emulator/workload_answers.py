"""How resource management answers: with a result code, and with status 200 when it declines."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.workload_plans import Declined
from dws.emulator.world import World
from dws.operation import OperationT

Answer = Callable[[World, OperationT, Caller], Json]


def answers(
    cls: type[OperationT], words: str | None = None
) -> Callable[[Answer[OperationT]], Answer[OperationT]]:
    """
    Register the decorated function as the answer to one operation.

    Args:
        words: What is said of success, as the samples of the reference have it.
    """

    def register(answer: Answer[OperationT]) -> Answer[OperationT]:
        @wraps(answer)
        def told(world: World, op: OperationT, caller: Caller) -> Json:
            try:
                content = answer(world, op, caller)
            except Declined as no:
                # Clients look for error_code too (seen: Terraform provider); its form is assumed.
                said = {"error_code": str(no.code), "error_msg": no.words}
                return {"workload_res_code": no.code, "workload_res_str": no.words, **said}
            return {"workload_res_code": 0, "workload_res_str": words, **content}

        return handles(cls)(told)

    return register


def page(found: list[Json], offset: int | None, limit: int | None) -> list[Json]:
    """Some of the records, from the first or after as many as told."""
    start = offset or 0
    return found[start : start + (limit or len(found))]
