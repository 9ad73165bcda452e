"""Operations, waiters and look-ups as Prefect tasks: the one place of task policy."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Coroutine, Iterable, Iterator
from typing import Any, Concatenate, ParamSpec, TypeVar

from prefect import Task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from dws.client import Client
from dws.operation import Operation
from dws.waiter import Waiter
from tasks.credentials import connect
from tasks.naming import kind_of, snake
from tasks.progress import shown

P = ParamSpec("P")
R = TypeVar("R", bound=BaseModel)
I = TypeVar("I")  # noqa: E741 - the item that is waited for
T = TypeVar("T")


def operation_task(
    operation: Callable[P, Operation[R]],
) -> Task[Concatenate[str, P], Coroutine[Any, Any, R]]:
    """
    Make the task that carries out one operation.

    It takes the name of the account, then the fields of the operation. It never
    retries: the client does, as far as the operation bears it.
    """

    async def run(account: str, /, *args: P.args, **kwargs: P.kwargs) -> R:
        async with connect(account) as client:
            return await client.call(operation(*args, **kwargs))

    return _task(run, snake(operation.__name__), _fields(operation), operation.__doc__)


def waiter_task(
    name: str, waiter: Waiter[P, R, I]
) -> Task[Concatenate[str, P], Coroutine[Any, Any, I | None]]:
    """
    Make the task that waits, called ``wait_until_<name>``. It answers what it saw last.

    It may be started again at any time: waiting changes nothing.
    """

    async def run(account: str, /, *args: P.args, **kwargs: P.kwargs) -> I | None:
        async with connect(account) as client, shown() as tell:
            operation = waiter.look(*args, **kwargs)
            return await waiter.wait(client, operation, tell=tell, kind=kind_of(name))

    return _task(run, f"wait_until_{name}", _fields(waiter.look), waiter.judge.__doc__)


def lookup_task(
    lookup: Callable[Concatenate[Client, P], Coroutine[Any, Any, T]],
) -> Task[Concatenate[str, P], Coroutine[Any, Any, T]]:
    """Make the task that finds something by reads alone; it takes the account for the client."""

    async def run(account: str, /, *args: P.args, **kwargs: P.kwargs) -> T:
        async with connect(account) as client:
            return await lookup(client, *args, **kwargs)

    _, *fields = inspect.signature(lookup).parameters.values()
    return _task(run, lookup.__name__, fields, lookup.__doc__)


def _fields(operation: Any) -> Iterator[inspect.Parameter]:
    """The fields of an operation as parameters, without building its validator at import."""
    for name, field in operation.model_fields.items():
        default = inspect.Parameter.empty if field.is_required() else field.get_default()
        yield inspect.Parameter(
            name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=field.annotation
        )


def _task(
    run: Callable[Concatenate[str, P], Coroutine[Any, Any, T]],
    name: str,
    fields: Iterable[inspect.Parameter],
    doc: str | None,
) -> Task[Concatenate[str, P], Coroutine[Any, Any, T]]:
    account = inspect.Parameter("account", inspect.Parameter.POSITIONAL_ONLY, annotation=str)
    run.__signature__ = inspect.Signature([account, *fields])  # type: ignore[attr-defined]
    run.__name__ = run.__qualname__ = name
    run.__doc__ = doc
    # Never cached: the world changes between two equal calls. Never retried: the client repeats.
    return Task(
        run,
        name=name,
        retries=0,
        cache_policy=NO_CACHE,
        persist_result=False,
        result_serializer="json",
    )
