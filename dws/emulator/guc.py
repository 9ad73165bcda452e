"""The parameters that databases have. Names are real; which need a restart, and limits, assumed."""

from __future__ import annotations

from dataclasses import dataclass

MAIN = "parameterGroup"
SECURITY = "securityParameterGroup"


@dataclass(frozen=True, slots=True)
class Guc:
    """One parameter; its range is ``on|off``, words so joined, or ``least-most``."""

    name: str
    kind: str
    value: str
    value_range: str
    description: str
    unit: str | None = None
    restart: bool = False
    readonly: bool = False
    group: str = MAIN

    def takes(self, value: str) -> bool:
        """Whether a value is one of those it may have."""
        if self.kind in {"integer", "float"}:
            return self._takes_number(value)
        if self.kind == "string" and not self.value_range:
            return True
        return value in self.value_range.split("|")

    def _takes_number(self, value: str) -> bool:
        try:
            number = int(value) if self.kind == "integer" else float(value)
        except ValueError:
            return False
        least, _, most = self.value_range.partition("-")
        return float(least) <= number <= float(most)


_ALL = (
    Guc(
        "enable_constraint_optimization",
        "boolean",
        "on",
        "on|off",
        "Whether informational constraints optimize plans on HDFS foreign tables.",
    ),
    Guc("session_timeout", "integer", "600", "0-86400", "Idle time of a session.", "s"),
    Guc("statement_timeout", "integer", "0", "0-2147483647", "Longest time of a statement.", "ms"),
    Guc("max_active_statements", "integer", "60", "0-2147483647", "Statements at a time."),
    Guc("work_mem", "integer", "65536", "64-2147483647", "Memory of one sort or hash.", "KB"),
    Guc("query_dop", "integer", "1", "1-64", "Parallelism of a statement."),
    Guc("default_statistics_target", "integer", "100", "1-10000", "Precision of statistics."),
    Guc("cost_param", "integer", "0", "0-2147483647", "Choice of cost models."),
    Guc("autovacuum", "boolean", "on", "on|off", "Whether dead rows are cleaned up."),
    Guc("behavior_compat_options", "string", "", "", "Compatibility of behaviour."),
    Guc("rewrite_rule", "string", "magicset", "", "Rules by which queries are rewritten."),
    Guc(
        "max_connections",
        "integer",
        "800",
        "100-262143",
        "Connections at a time.",
        restart=True,
    ),
    Guc(
        "max_prepared_transactions",
        "integer",
        "800",
        "0-536870911",
        "Prepared transactions at a time.",
        restart=True,
    ),
    Guc(
        "comm_max_stream",
        "integer",
        "1024",
        "1-65535",
        "Streams of a node.",
        restart=True,
    ),
    Guc("server_version", "string", "9.2.4", "", "Version of the kernel.", readonly=True),
    Guc("password_policy", "integer", "1", "0-1", "Whether passwords are checked.", group=SECURITY),
    Guc("password_min_length", "integer", "8", "6-999", "Shortest password.", group=SECURITY),
    Guc("password_effect_time", "float", "90", "0-999", "Life of a password.", "d", group=SECURITY),
    Guc(
        "password_lock_time", "float", "1", "0-365", "How long accounts lock.", "d", group=SECURITY
    ),
    Guc("failed_login_attempts", "integer", "10", "0-1000", "Tries to log in.", group=SECURITY),
    Guc("audit_enabled", "boolean", "on", "on|off", "Whether is audited.", group=SECURITY),
)

GUCS = {guc.name: guc for guc in _ALL}
