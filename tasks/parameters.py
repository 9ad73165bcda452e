"""Parameters of databases: which there are, and what they may be, by what the service tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

from pydantic import BaseModel, ConfigDict

from dws.client import Client
from dws.operations.configurations import (
    ListClusterConfigurations,
    ListClusterConfigurationsParameter,
)
from dws.told.configurations import Configuration, Parameter

GROUPS = frozenset({"parameterGroup", "securityParameterGroup"})
"""Types of the groups whose parameters are set here (assumed: the others are the service's)."""
APPLYING, PENDING, FAILURE = "Applying", "Pending-Reboot", "Sync-Failure"
"""States of a group (facts/service_and_peers A4)."""
_RANGE = re.compile(r"(-?\d+(?:\.\d+)?)-(-?\d+(?:\.\d+)?)")
_NUMBER = re.compile(r"(-?\d+(?:\.\d+)?)\s*([A-Za-z%]*)")
_BOOLEANS = {"true": "on", "false": "off", "yes": "on", "no": "off", "1": "on", "0": "off"}


@dataclass(frozen=True)
class Group:
    """A group of parameters, with what is in it."""

    configuration: Configuration
    parameters: tuple[Parameter, ...]


class Setting(BaseModel):
    """One parameter on nodes of one role: what it was, and what it is to be."""

    model_config = ConfigDict(frozen=True)

    group_id: str
    role: str
    """``CN`` or ``DN``, in the case of letters that the service tells it in."""
    name: str
    old: str
    wanted: str
    needs_restart: bool

    @property
    def is_so(self) -> bool:
        """Whether it is already what it is to be."""
        return same(self.old, self.wanted)

    def __str__(self) -> str:
        return f"{self.name} on {self.role.upper()} from {self.old!r} to {self.wanted!r}"


async def parameter_groups(client: Client, cluster_id: str) -> tuple[Group, ...]:
    """
    The groups of parameters that can be set, and all that is in them now.

    Raises:
        DwsError: The service refused or did not answer.
    """
    told = (await client.call(ListClusterConfigurations(cluster_id=cluster_id))).configurations
    found = []
    for group in [group for group in told if group.type in GROUPS]:
        asked = ListClusterConfigurationsParameter(cluster_id=cluster_id, configuration_id=group.id)
        found.append(Group(group, tuple((await client.call(asked)).configurations)))
    return tuple(found)


def settings(
    groups: Sequence[Group], wanted: Mapping[str, str]
) -> tuple[tuple[Setting, ...], tuple[str, ...]]:
    """
    What is to be set, and what cannot be, each mistake with its cure.

    Args:
        wanted: Values by name; a name may have ``CN:`` or ``DN:`` before it, and is meant for
            nodes of both roles if not.
    """
    found: dict[tuple[str, str], Setting] = {}
    mistakes: list[str] = []
    for key, value in wanted.items():
        try:
            for setting in _settings(groups, key, value):
                _add(found, setting)
        except ValueError as error:
            mistakes.append(f"parameters.{key}={value!r}: {error}")
    return tuple(found.values()), tuple(mistakes)


def same(one: str, other: str) -> bool:
    """Whether two values mean the same: numbers may be written in more than one way."""
    try:
        return float(one) == float(other)
    except ValueError:
        return one == other


def _add(found: dict[tuple[str, str], Setting], setting: Setting) -> None:
    if (setting.name, setting.role) in found:
        raise ValueError(f"it is told twice for {setting.role.upper()}; leave one out")
    found[setting.name, setting.role] = setting


def _settings(groups: Sequence[Group], key: str, value: str) -> Iterator[Setting]:
    role, _, name = key.rpartition(":")
    group, parameter = _known(groups, name)
    if parameter.readonly:
        raise ValueError("it is read-only; leave it out")
    fitting = _fitting(parameter, value)
    roles = [told for told in parameter.values if not role or told.type.upper() == role.upper()]
    if not roles:
        known = " or ".join(told.type.upper() for told in parameter.values) or "no nodes"
        raise ValueError(f"it is a parameter of {known}, not of {role}")
    for told in roles:
        yield Setting(
            group_id=group.configuration.id,
            role=told.type,
            name=name,
            old=told.value,
            wanted=fitting,
            needs_restart=bool(parameter.restart_required),
        )


def _known(groups: Sequence[Group], name: str) -> tuple[Group, Parameter]:
    by_name = {item.name: (group, item) for group in groups for item in group.parameters}
    if name not in by_name:
        close = ", ".join(get_close_matches(name, by_name)) or "none of the service's"
        raise ValueError(f"no parameter has that name; close to it: {close}")
    return by_name[name]


def _fitting(parameter: Parameter, value: str) -> str:
    """
    The value as the service takes it.

    Raises:
        ValueError: It is of another type or unit, or out of range.
    """
    text = value.strip()
    if parameter.type in {"integer", "float"}:
        return _number(parameter, text)
    choices = (parameter.value_range or "").split("|")
    if parameter.type == "boolean":
        text = _BOOLEANS.get(text.lower(), text.lower())
    chosen = text.split(",") if parameter.type == "list" else [text]
    if len(choices) > 1 and any(one.strip() not in choices for one in chosen):
        raise ValueError(f"choose one of {', '.join(choices)}")
    return text


def _number(parameter: Parameter, text: str) -> str:
    found = _NUMBER.fullmatch(text)
    if found is None or (parameter.type == "integer" and "." in found[1]):
        raise ValueError(f"it is no {parameter.type}; it may be {_told_range(parameter)}")
    number, unit = found.groups()
    if unit and unit.lower() != (parameter.unit or "").lower():
        counted = f"counted in {parameter.unit}" if parameter.unit else "a number without a unit"
        raise ValueError(f"it is {counted}; write the number alone")
    limits = _RANGE.fullmatch((parameter.value_range or "").replace(" ", ""))
    if limits and not float(limits[1]) <= float(number) <= float(limits[2]):
        raise ValueError(f"it must be {_told_range(parameter)}")
    return number


def _told_range(parameter: Parameter) -> str:
    return " ".join(filter(None, [parameter.value_range or parameter.type, parameter.unit]))
