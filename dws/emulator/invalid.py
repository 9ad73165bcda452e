"""What the service says of a request that does not fit its operation: the code and the field."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails

from dws.emulator.refused import Refused
from dws.operation import Operation
from dws.operations import area_of

ANY_OTHER = "DWS.0001"
MISSING = "DWS.5037"
RANGE = "DWS.5060"
FORMAT = "DWS.5065"

_BY_FIELD: Mapping[str, str] = {
    "number_of_node": "DWS.5047",
    "num_node": "DWS.5047",
    "count": "DWS.5047",
    "user_pwd": "DWS.5144",
    "password": "DWS.5199",
    "agency": "DWS.5130",
    "db_password": "DWS.5144",
    "new_password": "DWS.5144",
    "user_name": "DWS.5059",
    "db_name": "DWS.5059",
    "node_type": "DWS.5006",
    "flavor": "DWS.5006",
    "availability_zone": "DWS.5011",
    "availability_zones": "DWS.5011",
    "vpc_id": "DWS.5014",
    "subnet_id": "DWS.5015",
    "security_group_id": "DWS.5016",
    "public_bind_type": "DWS.5098",
    "eip_id": "DWS.5133",
    "description": "DWS.5056",
    "description_info": "DWS.5056",
    "cluster_name": "DWS.5057",
    "db_port": "DWS.5060",
    "volume": "DWS.5061",
    "capacity": "DWS.5078",
    "new_size": "DWS.5078",
    "shrink_number": "DWS.5047",
    "datastore_version": "DWS.5003",
    "key": "DWS.5197",
    "value": "DWS.5197",
    "tags": "DWS.5197",
    "keep_day": "DWS.5017",
    "back_keep_day": "DWS.5017",
    "backup_strategy": "DWS.5018",
    "destination_region": "DWS.5010",
}
"""Codes of reference 6.2 for a field whose value is wrong; which goes with which is assumed."""

_MISSING: Mapping[str, str] = {
    "subnet_id": "DWS.5202",
    "security_group_id": "DWS.5203",
    "user_name": "DWS.5175",
}
_BY_FIELD_AND_KIND: Mapping[tuple[str, str], str] = {
    ("number_of_node", "less_than_equal"): "DWS.5091",
    ("num_node", "less_than_equal"): "DWS.5091",
    ("count", "less_than_equal"): "DWS.5091",
    ("tags", "too_long"): "DWS.5194",
}
_BY_WORDS: Mapping[str, str] = {"name backwards": "DWS.5145", "must not exceed": RANGE}
"""Rules between two fields have no field of their own."""
_NAMES = frozenset({"name", "snapshot_name", "backup_name"})
_RANGES = frozenset({"greater_than_equal", "less_than_equal", "greater_than", "less_than"})


def refusal(operation: type[Operation[Any]], error: ValidationError) -> Refused:
    """What the service says of the first mistake of a request. No value of it is repeated."""
    first = error.errors(include_url=False, include_input=False, include_context=False)[0]
    where = ".".join(str(step) for step in first["loc"]) or operation.__name__
    return Refused(400, _code(operation, first), f"{where}: {first['msg']}.")


def _code(operation: type[Operation[Any]], first: ErrorDetails) -> str:
    field = next((step for step in reversed(first["loc"]) if isinstance(step, str)), "")
    kind, message = first["type"], first["msg"]
    if kind == "missing":
        return _MISSING.get(field, MISSING)
    if field in _NAMES:
        return _name_code(operation)
    if (field, kind) in _BY_FIELD_AND_KIND:
        return _BY_FIELD_AND_KIND[field, kind]
    by_words = (code for words, code in _BY_WORDS.items() if words in message)
    return next(by_words, None) or _BY_FIELD.get(field) or _by_kind(kind)


def _name_code(operation: type[Operation[Any]]) -> str:
    if area_of(operation) == "databases":
        return "DWS.5198"
    if area_of(operation) == "network":
        return FORMAT
    makes_cluster = area_of(operation) == "clusters" or operation.__name__.startswith("Restore")
    return "DWS.5057" if makes_cluster else "DWS.5001"


def _by_kind(kind: str) -> str:
    if kind in _RANGES:
        return RANGE
    if kind.endswith(("_type", "_parsing", "_pattern_mismatch")) or kind == "literal_error":
        return FORMAT
    return ANY_OTHER
