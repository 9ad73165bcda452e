"""How far the data of a cluster is, as its task and its redistribution tell it together."""

from __future__ import annotations

import enum

from dws.shapes import Cluster
from dws.told.scaling import RedistributionInfo, RedistributionProgress


class Data(enum.Enum):
    """How far the data is."""

    MOVED = "SUCCESS"
    MOVING = "RUNNING"
    DUE = "WAITING"
    SUSPENDED = "PAUSE"
    FAILED = "FAIL"


_BY_TASK = {
    "REDISTRIBUTING": Data.MOVING,
    "WAITING_REDISTRIBUTION": Data.DUE,
    "REDISTRIBUTION_PAUSED": Data.SUSPENDED,
    "REDISTRIBUTE_FAILURE": Data.FAILED,
}
_BY_WORD = {
    "SUCCESS": Data.MOVED,
    "": Data.MOVED,
    "WAITING": Data.DUE,
    "PAUSE": Data.SUSPENDED,
    "FAIL": Data.FAILED,
}


def data_of(cluster: Cluster, info: RedistributionInfo) -> Data:
    """
    How far the data of a cluster is.

    The cluster's own task counts: the redistribution told may be the last one's, and releases
    before 8.2.1 tell little of it.
    """
    told = _BY_TASK.get(cluster.task_status or "")
    by_word = _BY_WORD.get(info.word, Data.MOVING)
    return told if told and by_word is Data.MOVED else by_word


def figures(info: RedistributionInfo) -> RedistributionProgress:
    """What is told of it in figures; nothing before 8.2.1."""
    return info.redis_process or RedistributionProgress()
