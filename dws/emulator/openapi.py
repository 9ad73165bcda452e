"""
The service as an OpenAPI 3.1 document, derived from the catalogue: for tools that speak no Python.

Requests are told as strictly as our operations are, replies as leniently as ours are read: a number
that may come as text is told so.
"""

from __future__ import annotations

import inspect
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from pydantic.json_schema import GenerateJsonSchema
from pydantic_core import core_schema

from dws import values
from dws.emulator.handlers import HANDLERS
from dws.operation import Operation, Part, Where, field_docs
from dws.operations import area_of, catalogue
from dws.shapes import File, FormFile

PATH = "/openapi.json"
"""Where an emulator serves it: outside of the service's own paths."""
Json = dict[str, Any]
_REFS = "#/components/schemas/{model}"
_NULL: Json = {"type": "null"}
_ALSO: Mapping[str, Json] = {
    "number": {"type": "string", "description": "The same as text, maybe with a unit."},
    "moment": {"type": ["string", "integer"], "description": "A time in another of its forms."},
    "_listed": {"type": ["object", "string", "null"], "description": "The only item, or none."},
    "_mapped": {"type": ["string", "null"], "description": "None."},
    "_text": _NULL,
}
"""What else a value may come as, by the function of `dws.values` that reads it."""

Cls = type[Operation[Any]]


def document(host: str, port: int) -> Json:
    """
    The whole document; its operations are in order of area and name.

    Args:
        port: 0 if it is not known yet: the document then has it as a variable.
    """
    paths, schemas = _described()
    return {
        "openapi": "3.1.0",
        "info": {
            "title": "GaussDB(DWS), emulated",
            "version": "8.1.3.333",
            "description": " ".join(_ABOUT.split()),
        },
        "servers": [_server(host, port)],
        "security": [{"token": []}, {"signature": []}],
        "tags": [{"name": area} for area in sorted({area_of(cls) for cls in _operations()})],
        "paths": paths,
        "components": {
            "schemas": {**schemas, "Refusal": _REFUSAL},
            "responses": _RESPONSES,
            "securitySchemes": _SECURITY,
        },
    }


_ABOUT = """
    The management API of the data warehouse service, as dws-emulator serves it. A token is had
    from POST /v3/auth/tokens of the same address. Each operation says by x-repeat whether it may
    be sent again: it reads, it is repeatable (twice is the same as once), or once.
"""
_REFUSAL: Json = {
    "type": "object",
    "description": "The service says no.",
    "properties": {
        "error_code": {"type": "string", "examples": ["DWS.7023"]},
        "error_msg": {"type": "string"},
        "request_id": {"type": "string"},
    },
    "required": ["error_code", "error_msg"],
}
_SECURITY: Json = {
    "token": {
        "type": "apiKey",
        "in": "header",
        "name": "X-Auth-Token",
        "description": "A token of the identity service, scoped to the project.",
    },
    "signature": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "SDK-HMAC-SHA256 Access=AK, SignedHeaders=..., Signature=...: the request "
        "signed with AK/SK; its header X-Sdk-Date tells when.",
    },
}


def _server(host: str, port: int) -> Json:
    if port:
        return {"url": f"http://{host}:{port}"}
    return {"url": f"http://{host}:{{port}}", "variables": {"port": {"default": "8000"}}}


def _refusal(description: str) -> Json:
    schema = {"$ref": _REFS.format(model="Refusal")}
    return {"description": description, "content": {"application/json": {"schema": schema}}}


_RESPONSES: Json = {
    "Refused": _refusal("The request was refused; it changed nothing."),
    "Failed": _refusal("The service failed, or is not there for now."),
}


class _Generator(GenerateJsonSchema):
    """Adds the docstrings below fields, and what else a lenient value may come as."""

    _of_reply = False

    def field_title_should_be_set(self, schema: Any) -> bool:
        del schema
        return False  # it would repeat the name

    def model_schema(self, schema: core_schema.ModelSchema) -> Json:
        cls, outer = schema["cls"], self._of_reply
        self._of_reply = not issubclass(cls, Operation | Part)
        told = super().model_schema(schema)
        self._of_reply = outer
        for name, doc in field_docs(cls).items():
            field = cls.model_fields.get(name)
            known = told.get("properties", {}).get(field.alias or name if field else name)
            if known is not None:
                known.setdefault("description", doc)
        return told

    def str_schema(self, schema: core_schema.StringSchema) -> Json:
        told = super().str_schema(schema)
        # Ids, versions and sizes come as numbers at times; replies read them as text.
        return {**told, "type": ["string", "number"]} if self._of_reply else told

    def function_before_schema(self, schema: core_schema.BeforeValidatorFunctionSchema) -> Json:
        told = super().function_before_schema(schema)
        function = schema["function"]["function"]
        if function.__module__ == values.__name__:
            return self.get_flattened_anyof([told, _ALSO[function.__name__]])
        if self._of_reply:
            told.pop("required", None)  # some replies come bare, without their wrapper
        return told


def _operations() -> list[Cls]:
    return sorted(catalogue().values(), key=lambda cls: (area_of(cls), cls.__name__))


@cache
def _described() -> tuple[Json, Json]:
    """All paths, and the schemas that they refer to."""
    operations = _operations()
    models = dict.fromkeys(model for cls in operations for model in (cls, cls.reply_type()))
    generator = _Generator(by_alias=True, ref_template=_REFS)
    refs, definitions = generator.generate_definitions(
        [(model, "validation", model.__pydantic_core_schema__) for model in map(_built, models)]
    )
    schemas: Json = {str(name): told for name, told in definitions.items()}
    paths: Json = {}
    for cls in operations:
        own = _own(refs[cls, "validation"], schemas)
        reply = refs[cls.reply_type(), "validation"]
        names, shown = _agreed(cls.route.path, paths)
        told = _operation(cls, own, reply, names)
        paths.setdefault(shown, {})[cls.route.method.lower()] = told
    return paths, schemas


def _built(model: Any) -> Any:
    # Declarations put off their schema until they are used.
    model.model_rebuild()
    return model


def _own(ref: Json, schemas: Json) -> Json:
    """The schema of an operation: it is taken apart, so that it is none of the components."""
    if "$ref" not in ref:
        return ref
    own: Json = schemas.pop(ref["$ref"].rpartition("/")[2])
    return own


def _agreed(path: str, paths: Iterable[str]) -> tuple[Mapping[str, str], str]:
    """
    A path under the names that an equal one has already, and what they replace.

    OpenAPI takes ``/x/{id}`` and ``/x/{policy_id}`` for one path told twice.
    """
    form = re.sub(r"{\w+}", "{}", path)
    shown = next((known for known in paths if re.sub(r"{\w+}", "{}", known) == form), path)
    arguments = [re.findall(r"{(\w+)}", one) for one in (path, shown)]
    return dict(zip(*arguments, strict=True)), shown


def _operation(cls: Cls, own: Json, reply: Json, names: Mapping[str, str]) -> Json:
    doc = inspect.cleandoc(cls.__doc__ or "")
    told: Json = {
        "operationId": cls.__name__,
        "tags": [area_of(cls)],
        "summary": doc.partition("\n")[0].split(". ")[0].rstrip("."),
        "description": doc,
        "externalDocs": {"url": cls.docs_url()},
        "x-repeat": cls.route.repeat.value,
        "parameters": [
            *_parameters(cls, own, "path", names),
            *_parameters(cls, own, "query", {}),
        ],
        "responses": {
            str(HANDLERS[cls].status if cls in HANDLERS else 200): {
                "description": inspect.cleandoc(cls.reply_type().__doc__ or "").partition("\n")[0],
                "content": _content(cls, reply),
            },
            "4XX": {"$ref": "#/components/responses/Refused"},
            "5XX": {"$ref": "#/components/responses/Failed"},
        },
    }
    if cls.route.paging:
        told["x-paging"] = cls.route.paging.value
    if body := _body(cls, own):
        told["requestBody"] = body
    return told


def _parameters(cls: Cls, own: Json, place: Where, names: Mapping[str, str]) -> Iterable[Json]:
    if place == "path":
        yield {"name": "project_id", "in": "path", "required": True, "schema": {"type": "string"}}
    for name in cls.travels(place):
        schema = _without_null(own["properties"][name])
        doc = schema.pop("description", None)
        yield {
            "name": names.get(name, name),
            "in": place,
            "required": place == "path" or name in own.get("required", ()),
            "schema": schema,
            **({"description": doc} if doc else {}),
        }


def _without_null(schema: Json) -> Json:
    """A parameter is told or left out: there is no null in a URL."""
    kinds = [kind for kind in schema.get("anyOf", ()) if kind != _NULL]
    rest = {name: value for name, value in schema.items() if name != "anyOf"}
    if rest.get("default", 0) is None:
        del rest["default"]
    if not kinds:
        return rest
    return {**rest, **kinds[0]} if len(kinds) == 1 else {**rest, "anyOf": kinds}


def _content(cls: Cls, reply: Json) -> Json:
    if issubclass(cls.reply_type(), File):
        return {"application/octet-stream": {}}
    return {"application/json": {"schema": reply}}


def _body(cls: Cls, own: Json) -> Json | None:
    form = cls.travels("form")
    names = form or cls.travels("body")
    if not names:
        return None
    required = [name for name in own.get("required", ()) if name in names]
    schema = {
        "type": "object",
        "properties": {name: _sent(cls, own, name) for name in names},
        **({"required": required} if required else {}),
    }
    kind = "multipart/form-data" if form else "application/json"
    return {"required": bool(required), "content": {kind: {"schema": schema}}}


def _sent(cls: Cls, own: Json, name: str) -> Json:
    told: Json = own["properties"][name]
    is_file = FormFile.__name__ in str(told) and name in cls.travels("form")
    return {"type": "string", "contentMediaType": "application/octet-stream"} if is_file else told
