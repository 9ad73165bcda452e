"""What is told of the parameters of clusters."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Count, Moment, Several, Text


class Configuration(Shape):
    """A group of parameters of a cluster."""

    id: str
    name: Text = ""
    type: str | None = None
    """``parameterGroup, securityParameterGroup, hiddenParameterGroup, GUCConfig, OBSConfig``."""
    status: Text = ""
    """``In-Sync, Applying, Pending-Reboot, Sync-Failure``."""
    fail_reason: str | None = None
    """The text ``null`` where there is none, in the sample."""


class Configurations(Shape):
    """The groups of parameters of a cluster."""

    configurations: list[Configuration]


class RoleValue(Shape):
    """The value of a parameter on nodes of one role."""

    type: str
    """``CN`` or ``DN``, in either case of letters."""
    value: Text = ""
    default_value: str | None = None


class Parameter(Shape):
    """One parameter."""

    name: str
    values: Several[RoleValue] = []
    unit: str | None = None
    type: str | None = None
    """``boolean, string, integer, float, list``."""
    readonly: bool | None = None
    value_range: str | None = None
    """``on|off``, or ``1-100``."""
    restart_required: bool | None = None
    """Whether a new value counts only after a restart."""
    description: str | None = None

    def value(self, role: str) -> str | None:
        """The value on nodes of a role, ``CN`` or ``DN``; None if it has none there."""
        return next((v.value for v in self.values if v.type.upper() == role.upper()), None)


class Parameters(Shape):
    """The parameters of a group. The key is that of the list of groups."""

    configurations: list[Parameter]


class ConfigurationRecord(Shape):
    """One change of parameters. Its id is a number in the sample."""

    id: str
    operator: str | None = None
    start_time: Moment = None
    end_time: Moment = None
    status: str | None = None
    failed_reason: str | None = None


class ConfigurationRecords(Shape):
    """Changes of parameters."""

    records: list[ConfigurationRecord]
    count: Count = None


class SecurityParameter(Shape):
    """A parameter of security."""

    name: str
    value: Text = ""


class SecurityParameters(Shape):
    """The parameters of security."""

    configurations: list[SecurityParameter]
    count: Count = None
