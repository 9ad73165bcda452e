"""
What an API operation is: a frozen, typed value that knows its own HTTP form.

    op = RestartCluster(cluster_id="c1")
    await client.call(op)
"""

from __future__ import annotations

import ast
import enum
import inspect
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import pairwise
from types import MappingProxyType
from typing import Annotated, Any, ClassVar, Generic, Literal, Protocol, TypeVar

from pydantic import (
    BaseModel,
    ConfigDict,
    PlainSerializer,
    SecretStr,
    SerializationInfo,
)

from dws.errors import RequestFailed

Where = Literal["path", "query", "body", "form"]
"""``form``: in the body, as multipart form data; such an operation sends no JSON."""


class Repeat(enum.Enum):
    """What a second, identical call would do; this alone decides on retries."""

    READS = "reads"
    """Changes nothing: repeat at will."""
    REPEATABLE = "repeatable"
    """Twice is the same as once: repeat when the answer got lost."""
    ONCE = "once"
    """Twice is not once: repeat only what provably never took effect."""


class Paging(enum.Enum):
    """What ``offset`` counts, where an operation answers in pages."""

    RECORDS = "records"
    """The records to skip, from 0."""
    PAGES_FROM_0 = "pages from 0"
    """The pages to skip."""
    PAGES_FROM_1 = "pages from 1"
    """The number of the page, from 1."""


@dataclass(frozen=True)
class Route:
    """Where an operation lives."""

    method: str
    path: str
    repeat: Repeat
    tells: Mapping[str, type[RequestFailed]]
    """What error codes mean to this operation, where it has a mind of its own."""
    paging: Paging | None = None


class Shape(BaseModel):
    """A JSON object the service tells. Unknown fields are kept: it adds some now and then."""

    model_config = ConfigDict(
        frozen=True,
        extra="allow",
        populate_by_name=True,
        coerce_numbers_to_str=True,
        defer_build=True,
    )


class Part(BaseModel):
    """A JSON object we tell the service. Unknown fields are our mistake."""

    # Inputs are hidden in errors: one of them may be a password.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        defer_build=True,
        hide_input_in_errors=True,
    )


REVEAL = MappingProxyType({"reveal": True})
"""Serialization context in which secrets are written out: for the wire alone."""


def _reveal(secret: SecretStr, info: SerializationInfo) -> str:
    if info.context and info.context.get("reveal"):
        return secret.get_secret_value()
    return str(secret)


Secret = Annotated[SecretStr, PlainSerializer(_reveal, return_type=str)]
"""A secret that we send. Printed, logged and dumped as asterisks, but on the wire."""


ReplyT = TypeVar("ReplyT", bound=BaseModel)
"""Mostly a `Shape`; a few operations answer with a bare list, told as a ``RootModel``."""


class Operation(BaseModel, Generic[ReplyT]):
    """
    One operation of the API, with arguments; ``ReplyT`` is the shape it answers.

    A field named in the path travels there. Of the others, those of GET and
    DELETE travel in the query and those of POST and PUT in the JSON body,
    unless marked with `At`.
    """

    # Inputs are hidden in errors: one of them may be a password.
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        populate_by_name=True,
        defer_build=True,
        hide_input_in_errors=True,
    )

    route: ClassVar[Route]

    @classmethod
    def docs_url(cls) -> str:
        """The official page; classes bear the official names for this."""
        return f"https://support.huaweicloud.com/api-dws/{cls.__name__}.html"

    @classmethod
    def reply_type(cls) -> type[ReplyT]:
        """The shape of the answer, as declared in the class header."""
        for base in cls.__mro__:
            if args := getattr(base, "__pydantic_generic_metadata__", {}).get("args"):
                reply: type[ReplyT] = args[0]
                return reply
        raise TypeError(f"{cls.__name__} declares no reply: Operation[...]")

    @classmethod
    def travels(cls, where: Where) -> list[str]:
        """Names, as on the wire, of the fields that travel there, in order of declaration."""
        return _travels(cls, where)


@cache
def _travels(cls: type[Operation[Any]], where: Where) -> list[str]:
    named = ((field.alias or name, field.metadata) for name, field in cls.model_fields.items())
    return [name for name, metadata in named if where in _places(cls.route, name, metadata)]


def _places(route: Route, name: str, metadata: list[Any]) -> tuple[Where, ...]:
    for mark in metadata:
        if isinstance(mark, At):
            return mark.places
    if f"{{{name}}}" in route.path:
        return ("path",)
    return ("query",) if route.method in {"GET", "DELETE"} else ("body",)


def field_docs(model: type[BaseModel]) -> Mapping[str, str]:
    """
    The docstrings below the fields of a model, by name of the field, those of its bases too.

    Read from the source when asked for: pydantic would read all of them at every import.
    """
    docs: dict[str, str] = {}
    for cls in reversed(model.__mro__):
        if issubclass(cls, BaseModel) and cls is not BaseModel:
            docs |= _docs_within(cls.__module__).get(cls.__name__, {})
    return docs


@cache
def _docs_within(module: str) -> Mapping[str, Mapping[str, str]]:
    """Those of all classes of a module: it is read once."""
    tree = ast.parse(inspect.getsource(sys.modules[module]))
    classes = (node for node in tree.body if isinstance(node, ast.ClassDef))
    return {declared.name: dict(_docs_below(declared)) for declared in classes}


def _docs_below(declared: ast.ClassDef) -> Iterator[tuple[str, str]]:
    for field, below in pairwise(declared.body):
        match field, below:
            case (
                ast.AnnAssign(target=ast.Name(name)),
                ast.Expr(value=ast.Constant(value=str(doc))),
            ):
                yield name, inspect.cleandoc(doc)


class At:
    """
    Marks a field that travels elsewhere, or in more than one place.

    ``namespace: Annotated[str, At("query")]``,
    ``queue_name: Annotated[str, At("path", "body")]``
    """

    def __init__(self, *places: Where) -> None:
        self.places = places


OperationT = TypeVar("OperationT", bound=Operation[Any])


Tells = Mapping[str, type[RequestFailed]]
NO_CODES: Tells = MappingProxyType({})


class Declare(Protocol):
    """A class decorator that leaves the class its type."""

    def __call__(self, cls: type[OperationT], /) -> type[OperationT]: ...


def get(path: str, *, tells: Tells = NO_CODES, paging: Paging | None = None) -> Declare:
    """Declare a GET; it reads."""
    return _declare(Route("GET", path, Repeat.READS, tells, paging))


def post(
    path: str,
    *,
    repeat: Repeat = Repeat.ONCE,
    tells: Tells = NO_CODES,
    paging: Paging | None = None,
) -> Declare:
    """Declare a POST; unless told otherwise, twice is not once."""
    return _declare(Route("POST", path, repeat, tells, paging))


def put(path: str, *, repeat: Repeat = Repeat.REPEATABLE, tells: Tells = NO_CODES) -> Declare:
    """Declare a PUT; unless told otherwise, twice is the same as once."""
    return _declare(Route("PUT", path, repeat, tells))


def delete(path: str, *, repeat: Repeat = Repeat.REPEATABLE, tells: Tells = NO_CODES) -> Declare:
    """Declare a DELETE; unless told otherwise, twice is the same as once."""
    return _declare(Route("DELETE", path, repeat, tells))


def _declare(route: Route) -> Declare:
    def declare(cls: type[OperationT], /) -> type[OperationT]:
        cls.route = route
        return cls

    return declare
