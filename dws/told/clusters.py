"""What is told of whole clusters."""

from __future__ import annotations

from dws.operation import Shape
from dws.values import Count, Moment, Several


class ActionStep(Shape):
    """One step of a task."""

    sub_item_name: str | None = None
    status: str | None = None
    """``SUCCESS, RUNNING, WAITING, FAILED, ROLLBACK_RUNNING, ROLLBACK_SUCCESS, ROLLBACK_FAIL``."""
    detail: str | None = None
    begin_time: Moment = None
    end_time: Moment = None
    estimated_time: Count = None
    """Seconds it will still take (assumed); -1 where that is not known."""


class ActionItem(Shape):
    """Steps of a task that belong together."""

    item_name: str | None = None
    sub_items: Several[ActionStep] = []


class ClusterAction(Shape):
    """The last task of a kind."""

    action_name: str
    status: str | None = None
    """As of its steps."""
    id: str | None = None
    cluster_name: str | None = None
    submit_time: Moment = None
    items: Several[ActionItem] = []
