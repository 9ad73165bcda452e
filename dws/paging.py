"""The next page of an answer that comes in pages: ``offset`` counts three different things."""

from __future__ import annotations

from collections.abc import Sized
from typing import Any

from pydantic import BaseModel

from dws.operation import Operation, Paging, ReplyT

PAGE = 100
"""How many records are asked for at once where the caller does not say."""


def next_page(op: Operation[ReplyT], reply: BaseModel) -> Operation[ReplyT] | None:
    """
    The operation that asks for what follows a reply; None if nothing does.

    A page with fewer records than were asked for is the last one: ``count`` may exceed what
    there is (api/README), so it is not trusted to say that more is to come.
    """
    if op.route.paging is None:
        return None
    limit = int(getattr(op, "limit", None) or PAGE)
    if _records(reply) < limit:
        return None
    return op.model_copy(update={"offset": _after(op, limit), "limit": limit})


def first_page(op: Operation[ReplyT]) -> Operation[ReplyT]:
    """An operation with its page size told: without one the service's own is unknown."""
    if op.route.paging is None or getattr(op, "limit", None):
        return op
    return op.model_copy(update={"limit": PAGE})


def _after(op: Operation[Any], limit: int) -> int:
    counts = op.route.paging
    first = 1 if counts is Paging.PAGES_FROM_1 else 0
    offset = getattr(op, "offset", None)
    now = first if offset is None else int(offset)
    return now + (limit if counts is Paging.RECORDS else 1)


def _records(reply: BaseModel) -> int:
    """How many records a reply has: those of its only list, or of the list that it is."""
    values = [getattr(reply, name) for name in type(reply).model_fields]
    return max((len(value) for value in values if _is_list(value)), default=0)


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple) and isinstance(value, Sized)
