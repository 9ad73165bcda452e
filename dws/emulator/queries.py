"""Statements as the monitoring tells them, and which of them fit some conditions."""

from __future__ import annotations

import operator
import re
import statistics
from collections.abc import Callable, Mapping
from typing import Any

from dws.emulator.hosts import number_of
from dws.emulator.load import Load, chance
from dws.emulator.refused import Refused
from dws.emulator.statements import Statement, running
from dws.emulator.tables import DATABASE
from dws.operations.monitoring import QueryCondition

Json = dict[str, Any]
Compare = Callable[[Any, Any], bool]
FLAGS = frozenset({"waiting", "system_query"})


def query(load: Load, statement: Statement, at: float) -> Json:
    """A statement in the words of reference 5.14.7."""
    at = int(at * 1000) / 1000  # as exact as the time that it is told with
    session = statement.session
    heavy = 0 if session.is_system else int(statement.weight * 1000)
    age_s = min(at - statement.start, statement.lasting_s)
    lasting_ms = 0 if session.is_system else int(statement.lasting_s * 1000)
    duration = 0 if session.is_system else int(age_s * 1000)
    return {
        "query_id": statement.id,
        "ctime": int(at * 1000),
        "pid": session.pid,
        "inst_name": f"cn_{5001 + session.number % 3}",
        "query": statement.text,
        "db_name": "postgres" if session.is_system else DATABASE,
        "user_name": session.user,
        "application_name": session.application,
        "client_address": "" if session.is_system else f"192.168.9.{10 + session.number}",
        "client_hostname": "",
        "client_port": "" if session.is_system else str(40000 + session.number),
        "query_status": "active" if statement.runs(at) else "idle",
        "wlm_status": "" if session.is_system else _wlm_status(statement, at),
        "wlm_attrib": "" if session.is_system else ("complicated" if heavy > 600 else "simple"),
        "waiting": False,
        "enqueue": "",
        "lane": "" if session.is_system else ("slow" if heavy > 600 else "fast"),
        "priority": None if session.is_system else "4",
        "resource_pool": "default_pool",
        "control_group": "",
        "query_band": "",
        "job_name": "",
        "job_inst": "",
        "system_query": session.is_system,
        "query_plan": None,
        "warning": "",
        "spill_info": "",
        "virtual_cluster_id": number_of(load.cluster.id),
        "start_time": int(statement.start * 1000),
        "block_time": 0,
        "duration": duration,
        "estimate_total_time": lasting_ms,
        "estimate_left_time": lasting_ms - duration,
        **_costs(load, statement, heavy, duration),
        "backend_start": int(session.since),
        "curr_xact_start": int(statement.start),
        "state_change": int(statement.start),
        "query_start": int(statement.start),
        "elapsed_time": int(at - session.since),
        "query_elapsed_time": -1 if session.is_system else int(age_s),
    }


def in_short(load: Load, statement: Statement, at: float) -> Json:
    """A statement in the words of reference 5.18.8."""
    told = query(load, statement, at)
    return {
        "query_id": told["query_id"],
        "query": told["query"],
        "db_name": told["db_name"],
        "application": told["application_name"],
        **{f"{which}_cpu_time": told[f"{which}_cpu_time"] for which in ("min", "max", "total")},
        **{f"{which}_peak_mem": told[f"{which}_peak_memory"] for which in ("min", "max")},
        "avg_peak_mem": told["average_peak_memory"],
        "min_spill_size": told["min_spill_size"],
        "max_spill_size": told["max_spill_size"],
        "avg_spill_size": told["average_spill_size"],
        "min_peak_iops": told["min_peak_iops"],
        "max_peak_iops": told["max_peak_iops"],
        "avg_peak_iops": told["average_peak_iops"],
        "cpu_skew": told["cpu_skew_percent"],
        "mem_skew": told["memory_skew_percent"],
        "spill_skew": told["spill_skew_percent"],
        "iops_skew": told["iops_skew_percent"],
    }


def figures(load: Load) -> Json:
    """The figures of all statements, reference 5.14.7; times in seconds."""
    found = running(load, load.now)
    ages = [load.now - statement.start for statement in found]
    sessions = [load.now - statement.session.since for statement in found]
    return {
        "queries_count": len(found),
        "session_count": len(found),
        "average_query_waiting_time": 0,
        "average_time_consumption_of_queries": _mean(ages),
        "average_time_consumption_of_sessions": _mean(sessions),
    }


def fits(told: Json, conditions: list[QueryCondition]) -> bool:
    """
    Whether a statement is as wanted.

    Raises:
        Refused: There is no such field, or it cannot be compared so (assumed: this code).
    """
    return all([_holds(told, condition) for condition in conditions])  # noqa: C419 - each is checked


def field_of(told: Json, name: str) -> str:
    """
    The field that a condition or an order means, in either way of writing.

    Raises:
        Refused: There is none.
    """
    snake = re.sub(r"(?<!^)(?=[A-Z])", "_", name).lower()
    if snake not in told:
        raise Refused(400, "DWS.5037", f"The parameter does not exist: {name}.")
    return snake


def _holds(told: Json, condition: QueryCondition) -> bool:
    field = field_of(told, condition.field)
    value = told[field]
    if field in FLAGS:
        return _compares(str(value).lower(), condition, condition.value.lower(), _SAME)
    if isinstance(value, int):
        return _compares(value, condition, _number(condition), _SAME | _ORDER)
    return _compares(value or "", condition, condition.value, _SAME | _LIKENESS)


def _compares(
    value: Any, condition: QueryCondition, wanted: Any, known: Mapping[str, Compare]
) -> bool:
    compare = known.get(condition.operator)
    if compare is None:
        problem = f"{condition.field}: {condition.operator} does not fit its type"
        raise Refused(400, "DWS.5065", f"Invalid format: {problem}.")
    return compare(value, wanted)


def _number(condition: QueryCondition) -> int:
    try:
        return int(condition.value)
    except ValueError:
        message = f"Invalid format: {condition.field} is compared with a whole number."
        raise Refused(400, "DWS.5065", message) from None


def _is_like(text: str, wanted: str) -> bool:
    # As in SQL; without a sign for any text, what holds it is meant (assumed).
    pattern = wanted if {"%", "_"} & set(wanted) else f"%{wanted}%"
    written = re.escape(pattern).replace("%", ".*").replace("_", ".")
    return re.fullmatch(written, text, re.DOTALL | re.IGNORECASE) is not None


def _is_unlike(text: str, wanted: str) -> bool:
    return not _is_like(text, wanted)


_SAME: dict[str, Compare] = {"=": operator.eq, "!=": operator.ne, "<>": operator.ne}
_ORDER: dict[str, Compare] = {
    ">": operator.gt,
    "<": operator.lt,
    ">=": operator.ge,
    "<=": operator.le,
}
_LIKENESS: dict[str, Compare] = {"like": _is_like, "not like": _is_unlike}


def _wlm_status(statement: Statement, at: float) -> str:
    return "running" if statement.runs(at) else "finished"


def _costs(load: Load, statement: Statement, heavy: int, duration: int) -> Json:
    # Of data nodes the laziest takes 0.8 of what the busiest takes (assumed).
    nodes = max(len(load.cluster.nodes), 1)
    cpu = int(duration * (0.2 + 0.6 * chance(statement.id, "cpu"))) if heavy else 0
    spilled = max(heavy - 700, 0)
    told: Json = {"estimate_memory": heavy, "total_cpu_time": cpu * nodes * 9 // 10}
    shares = (
        ("peak_memory", heavy, "memory_skew_percent"),
        ("spill_size", spilled, "spill_skew_percent"),
        ("dn_time", duration, "dntime_skew_percent"),
        ("cpu_time", cpu, "cpu_skew_percent"),
        ("peak_iops", heavy // 10, "iops_skew_percent"),
    )
    for name, most, skew in shares:
        told |= {f"min_{name}": most * 4 // 5, f"max_{name}": most}
        if name != "cpu_time":
            told[f"average_{name}"] = most * 9 // 10
        told[skew] = 10 if most else 0
    return told


def _mean(values: list[float]) -> float:
    return round(statistics.fmean(values), 2) if values else 0.0
