"""Users, privileges, schemas and identity sources as the service tells them."""

from __future__ import annotations

from typing import Any

from dws.emulator import databases, identities, users
from dws.emulator.authorities import Authority
from dws.emulator.databases import Held
from dws.emulator.identities import IdentitySource, Synchronization
from dws.emulator.records import Cluster
from dws.emulator.users import DatabaseUser
from dws.emulator.world import World

Json = dict[str, Any]

ATTRIBUTES = (
    "login",
    "createrole",
    "createdb",
    "systemadmin",
    "auditadmin",
    "inherit",
    "useft",
    "conn_limit",
    "replication",
    "lock",
)
"""What a user is told to be, and may be changed."""
MASKED = "#######"
"""Sample of reference 5.15.13."""


def user(found: DatabaseUser) -> Json:
    """A user or role, reference 5.15.5."""
    return {
        "name": found.name,
        **{name: getattr(found, name) for name in ATTRIBUTES},
        "valid_begin": _milliseconds(found.valid_begin),
        "valid_until": _milliseconds(found.valid_until),
        "desc": found.desc,
        "user_type": found.type,
        "logical_cluster": "",
    }


def authority(found: Authority) -> Json:
    """What a user may do with an object, reference 5.15.10."""
    is_column = found.type == "COLUMN"
    return {
        "type": found.type,
        "database": found.name if found.type == "DATABASE" else found.database or None,
        "schema": found.name if found.type == "SCHEMA" else found.schema or None,
        "obj_name": found.table if is_column else found.name,
        "all_object": found.is_all,
        "column_name": found.name if is_column else None,
        "privileges": [
            {"permission": right, "grant_with": passes_on}
            for right, passes_on in found.rights.items()
        ],
    }


def om_user(world: World, cluster: Cluster) -> Json:
    """The operators' account; forms of the SDK."""
    found = users.om_account(world, cluster)
    info = {
        "om_user_status": "on" if found else "off",
        "om_user_expires_time": _milliseconds(found.expires) if found else None,
    }
    return {"error_code": 0, "error_msg": None, "om_user_info": info}


def schema(world: World, cluster: Cluster, database: str, name: str, held: dict[str, Held]) -> Json:
    """How much a schema holds, reference 5.7.30."""
    shares = databases.shares_mb(cluster, held)
    least, most = min(shares.values()), max(shares.values())
    even = sum(shares.values()) / len(shares)
    return {
        "schema_name": name,
        "database_name": database,
        "total_value": sum(shares.values()),
        "perm_space": databases.limit(world, cluster, database, name),
        "skew_percent": round((most - even) / even * 100, 2) if even else 0.0,
        "min_value": least,
        "max_value": most,
        "min_dn": min(shares, key=lambda node: shares[node]),
        "max_dn": max(shares, key=lambda node: shares[node]) if most else "",
        "dn_num": len(shares),
    }


def ldap(found: IdentitySource | None) -> Json:
    """The LDAP server of a cluster, reference 5.15.13; without a host where there is none."""
    if found is None or found.type != "ldap":
        found = IdentitySource("", "", "ldap", "", auto_sync=False)
    return {
        "host": found.host,
        "port": found.port or None,
        "admin_name": found.admin_name,
        "admin_password": MASKED if found.host else "",
        "base_dn": found.base_dn,
        "filter": found.filter,
        "user_attribute": found.user_attribute,
        "use_ssl": found.use_ssl,
        "ssl_cert": found.ssl_cert,
        "auto_sync": found.auto_sync,
    }


def synchronization(run: Synchronization) -> Json:
    """A run; forms of the SDK, whose times are milliseconds since 1970."""
    return {
        "id": run.id,
        "identity_source_id": run.source_id,
        "identity_source_type": run.source_type,
        "start_time": _milliseconds(run.started),
        "end_time": _milliseconds(run.ended),
        "add_count": run.count("ADD"),
        "update_count": run.count("UPDATE"),
        "delete_count": run.count("DELETE"),
        "failed_count": run.failures,
        "status": run.status,
        "fail_reason": run.reason,
    }


def details(run: Synchronization) -> list[Json]:
    """What a run did, user by user, reference 5.15.15."""
    return [
        {
            "id": identities.detail_id(run, number),
            "sync_record_id": run.id,
            "type": kind,
            "user_name": name,
            "status": identities.FAILED if reason else identities.SUCCESS,
            "fail_reason": reason or None,
        }
        for number, (kind, name, reason) in enumerate(run.details)
    ]


def _milliseconds(moment: float | None) -> int | None:
    return None if moment is None else int(moment) * 1000
