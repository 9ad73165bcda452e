"""
Jinja in runbooks: the only door to it.

A string that is one expression and nothing else keeps the type of its value:
``"{{ params.nodes }}"`` is an integer, ``"to {{ params.nodes }} nodes"`` a string. There are no
statements and no calls but `duration`, so that an expression ends, and names nothing but what
`references` tells.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NoReturn

from jinja2 import StrictUndefined, TemplateError, TemplateSyntaxError, Undefined, nodes
from jinja2.filters import FILTERS
from jinja2.sandbox import ImmutableSandboxedEnvironment
from pydantic import BaseModel

from runbooks.engine.durations import duration

LONGEST = 2_000
"""Characters of one expression or text in a runbook."""
LARGEST = 10_000
"""Characters or items of a value that an expression gives."""
LARGEST_NUMBER = 2**256
FILTERS_ALLOWED = frozenset(
    {"abs", "default", "first", "float", "int", "join", "last", "length", "list", "lower", "map"}
    | {"max", "min", "rejectattr", "round", "selectattr", "sort", "string", "trim", "unique"}
    | {"upper"}
)
CALLS_ALLOWED: Mapping[str, Callable[..., Any]] = {"duration": duration}
Reference = tuple[str | int, ...]
"""``("steps", "before", "outputs", "clusters", 0, "id")``"""


class TemplateFailed(ValueError):
    """An expression cannot be read or worked out; the message says which and why."""


class _Environment(ImmutableSandboxedEnvironment):
    """Mappings have items and no methods, models have fields and no methods."""

    intercepted_binops = frozenset({"*", "**", "%"})

    def getattr(self, obj: Any, attribute: str) -> Any:
        if isinstance(obj, Mapping):
            return obj[attribute] if attribute in obj else self.undefined(obj=obj, name=attribute)
        if isinstance(obj, BaseModel) and not is_field(type(obj), obj, attribute):
            return self.undefined(obj=obj, name=attribute)
        return super().getattr(obj, attribute)

    def getitem(self, obj: Any, argument: Any) -> Any:
        # What `map` and `selectattr` read by: the same as after a dot.
        if isinstance(argument, str) and isinstance(obj, Mapping | BaseModel):
            return self.getattr(obj, argument)
        return super().getitem(obj, argument)

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if operator == "%" and isinstance(left, str):
            _refuse("text cannot be formatted with %")
        if operator == "*" and not (_is_number(left) and _is_number(right)):
            _refuse("only numbers can be multiplied")
        if operator == "**" and not (_is_number(right) and abs(right) <= 64):
            _refuse("a power has an exponent of at most 64")
        return _capped(super().call_binop(context, operator, left, right))


def _refuse(why: str) -> NoReturn:
    raise TemplateError(why)


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float)


def _capped(value: Any) -> Any:
    if isinstance(value, int) and abs(value) > LARGEST_NUMBER:
        _refuse("the number is too large")
    if isinstance(value, str | list | tuple | dict) and len(value) > LARGEST:
        _refuse(f"the value has more than {LARGEST} characters or items")
    return value


def is_field(model: type[BaseModel], value: BaseModel | None, name: str) -> bool:
    """Whether expressions may read ``name`` of a model: a field, a property, an extra told."""
    extras = (value.__pydantic_extra__ or {}) if value is not None else {}
    return (
        name in model.model_fields
        or name in extras
        or (isinstance(getattr(model, name, None), property) and not name.startswith("model_"))
    )


_jinja = _Environment(undefined=StrictUndefined, autoescape=False)
_jinja.filters = {name: FILTERS[name] for name in FILTERS_ALLOWED}
_jinja.globals = dict(CALLS_ALLOWED)


def render(value: Any, names: Mapping[str, Any]) -> Any:
    """
    Fill in a value, however deep.

    Raises:
        TemplateFailed: It cannot be read, or needs something that ``names`` lacks.
    """
    match value:
        case str():
            expression = lone(value)
            if expression is not None:
                return evaluate(expression, names)
            return _worked_out(value, lambda: _capped(_text(value).render(**names)))
        case dict():
            return {key: render(item, names) for key, item in value.items()}
        case list():
            return [render(item, names) for item in value]
    return value


def evaluate(expression: str, names: Mapping[str, Any]) -> Any:
    """
    Work out one bare expression.

    Raises:
        TemplateFailed: It cannot be read, or needs something that ``names`` lacks.
    """

    def work() -> Any:
        found = _compiled(expression)(**names)
        if isinstance(found, Undefined):
            str(found)  # raises, and says what is missing
        # Some filters give what is worked out only when it is gone through.
        return _capped(list(found) if isinstance(found, Iterator) else found)

    return _worked_out(expression, work)


def decide(expression: str, names: Mapping[str, Any]) -> bool:
    """
    Work out a condition.

    Raises:
        TemplateFailed: As `evaluate`, or it gives no bool: nothing is true by being there.
    """
    found = evaluate(expression, names)
    if not isinstance(found, bool):
        raise TemplateFailed(f"`{expression}` gives {found!r}, not true or false")
    return found


@lru_cache(maxsize=1_000)
def lone(text: str) -> str | None:
    """The expression of a text that is one ``{{ expression }}`` and nothing else."""
    stripped = text.strip()
    if not (stripped.startswith("{{") and stripped.endswith("}}")):
        return None
    tokens = [kind for _, kind, _ in _jinja.lex(stripped)] if _is_readable(stripped) else []
    if tokens.count("variable_begin") != 1 or "data" in tokens:
        return None
    return stripped[2:-2].strip("-+ \t\n")


def references(value: Any) -> set[Reference]:
    """
    What a value refers to, however deep: whole paths, ``("steps", "before", "status")``.

    Raises:
        TemplateFailed: It cannot be read.
    """
    return set(_references(value))


def condition_references(expression: str) -> set[Reference]:
    """What a bare expression refers to. Raises as `references`."""
    return set(_paths(_parsed("{{ (" + expression + "\n) }}", told=expression)))


@lru_cache(maxsize=1_000)
def whole_reference(text: str) -> Reference:
    """What a lone expression stands for if it is one name and nothing more; else nothing."""
    match _parsed(text, told=text).body:
        case [nodes.Output(nodes=[part])]:
            return _path(part)
    return ()


def _references(value: Any) -> Iterator[Reference]:
    match value:
        case str() if "{" in value:
            yield from _paths(_parsed(value, told=value))
        case dict():
            for item in value.values():
                yield from _references(item)
        case list():
            for item in value:
                yield from _references(item)


def _paths(node: nodes.Node) -> Iterator[Reference]:
    path = _path(node)
    if path:
        yield path
        return
    for child in node.iter_child_nodes():
        yield from _paths(child)


def _path(node: nodes.Node) -> Reference:
    match node:
        case nodes.Name() if node.name not in CALLS_ALLOWED:
            return (node.name,)
        case nodes.Getattr():
            before = _path(node.node)
            return (*before, node.attr) if before else ()
        case nodes.Getitem(arg=nodes.Const(value=str() | int() as key)):
            before = _path(node.node)
            return (*before, key) if before else ()
    return ()


def _parsed(text: str, *, told: str) -> nodes.Template:
    if len(text) > LONGEST:
        raise TemplateFailed(f"`{told[:40]}...` is longer than {LONGEST} characters")
    try:
        tree = _jinja.parse(text)
        _jinja.compile(text)  # tells unknown filters
    except TemplateSyntaxError as error:
        raise TemplateFailed(f"`{told}`: {error.message}") from None
    except RecursionError:
        raise TemplateFailed(f"`{told[:40]}...` is nested too deep") from None
    for why in _forbidden(tree):
        raise TemplateFailed(f"`{told}`: {why}")
    return tree


def _forbidden(tree: nodes.Template) -> Iterator[str]:
    for part in tree.body:
        if not isinstance(part, nodes.Output):
            yield "only expressions, no statements"
    for call in tree.find_all(nodes.Call):
        if not (isinstance(call.node, nodes.Name) and call.node.name in CALLS_ALLOWED):
            yield f"nothing can be called but {', '.join(CALLS_ALLOWED)}"


def _is_readable(text: str) -> bool:
    try:
        list(_jinja.lex(text))
    except TemplateSyntaxError:
        return False
    return True


@lru_cache(maxsize=1_000)
def _text(text: str) -> Any:
    _parsed(text, told=text)
    return _jinja.from_string(text)


@lru_cache(maxsize=1_000)
def _compiled(expression: str) -> Callable[..., Any]:
    condition_references(expression)
    found: Callable[..., Any] = _jinja.compile_expression(expression, undefined_to_none=False)
    return found


def _worked_out(told: str, work: Callable[[], Any]) -> Any:
    try:
        return work()
    except TemplateFailed:
        raise
    except (TemplateError, TypeError, ValueError, ArithmeticError, LookupError) as error:
        raise TemplateFailed(f"`{told.strip()}`: {error}") from None
