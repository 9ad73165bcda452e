"""Answers on databases: users, what they may, objects, schemas, identity sources."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypeVar

from dws.emulator import authorities, databases, identities, users
from dws.emulator import database_rendering as tell
from dws.emulator.authorities import Target
from dws.emulator.call import Answer
from dws.emulator.databases import Place
from dws.emulator.handlers.registry import Caller, Json, handles
from dws.emulator.records import Cluster
from dws.emulator.refused import Refused
from dws.emulator.sheets import sheet
from dws.emulator.users import DatabaseUser
from dws.emulator.world import World
from dws.operations import databases as ops

PAGE, EXPORT_PAGE = 1000, 10_000
"""Their defaults in later references."""
T = TypeVar("T")


@handles(ops.ListDatabaseUsers)
def list_database_users(world: World, op: ops.ListDatabaseUsers, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        user
        for user in users.users(world, cluster)
        if _is_of_kind(user, op.type) and op.user_type in {None, user.type}
    ]
    told = [{"name": u.name, "login": u.login, "user_type": u.type} for u in found]
    return {"users": _page(world, told, op.offset, op.limit)}


@handles(ops.CreateDatabaseUser)
def create_database_user(world: World, op: ops.CreateDatabaseUser, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    made = users.new(world, cluster, op.name, is_user=op.type == "user")
    _change(made, op)
    made.desc, made.has_password = op.desc or "", op.password is not None
    for member in op.grant_members or []:
        made.roles[users.user(world, cluster, member.name).name] = bool(member.grant_with)
    targets = [authorities.target_of(grant) for grant in op.grant_list or []]
    for target in targets:  # all of them before anything is done
        authorities.require_objects(world, cluster, target)
    world.keep(made)
    for grant, target in zip(op.grant_list or [], targets, strict=True):
        rights = [(one.permission, one.grant_with) for one in grant.privileges]
        authorities.grant(world, cluster, made, target, rights)
    return {}


@handles(ops.ShowDatabaseUser)
def show_database_user(world: World, op: ops.ShowDatabaseUser, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    return tell.user(found)


@handles(ops.UpdateDatabaseUserInfo)
def update_database_user_info(world: World, op: ops.UpdateDatabaseUserInfo, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    _change(found, op)
    world.keep(found)
    return {}


@handles(ops.DeleteDatabaseUser)
def delete_database_user(world: World, op: ops.DeleteDatabaseUser, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    if found.name == cluster.user_name:
        raise Refused(400, "DWS.5045", "The administrator cannot be deleted.")
    authorities.drop_role(world, cluster, found.name, cascade=bool(op.cascade))
    world.forget(found)
    return {}


@handles(ops.ListDatabaseUserRoles)
def list_database_user_roles(world: World, op: ops.ListDatabaseUserRoles, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    told = [
        {
            "name": role.name,
            "desc": role.desc,
            "permission": role.name in found.roles,
            "grant_with": found.roles.get(role.name, False),
        }
        for role in users.users(world, cluster)
        if role.name in found.roles or (op.query_all and role.name != found.name)
    ]
    return {"roles": _page(world, told, op.offset, op.limit), "count": len(told)}


@handles(ops.ListDatabaseUserAuthorities)
def list_database_user_authorities(
    world: World, op: ops.ListDatabaseUserAuthorities, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    told = [tell.authority(one) for one in authorities.of_role(world, cluster, found.name)]
    return {"authority_list": _page(world, told, op.offset, op.limit), "count": len(told)}


@handles(ops.ExportDatabaseUsers)
def export_database_users(world: World, op: ops.ExportDatabaseUsers, caller: Caller) -> Answer:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [user for user in users.users(world, cluster) if _is_of_kind(user, op.type)]
    rows = [
        (user.name, user.type, *(getattr(user, name) for name in tell.ATTRIBUTES), user.desc)
        for user in _page(world, found, op.offset, op.limit or EXPORT_PAGE)
    ]
    return sheet(("name", "user_type", *tell.ATTRIBUTES, "desc"), rows)


@handles(ops.ExportUserAuthority)
def export_user_authority(world: World, op: ops.ExportUserAuthority, caller: Caller) -> Answer:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = users.user(world, cluster, op.name)
    rows = [
        (one.type, one.database, one.schema, one.table, one.name, right, passes_on)
        for one in authorities.of_role(world, cluster, found.name)
        for right, passes_on in one.rights.items()
    ]
    heads = ("type", "database", "schema", "table", "object", "permission", "grant_with")
    return sheet(heads, _page(world, rows, op.offset, op.limit or EXPORT_PAGE))


@handles(ops.UpdateDatabaseAuthority)
def update_database_authority(
    world: World, op: ops.UpdateDatabaseAuthority, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    grantees = [users.user(world, cluster, name) for name in op.role_list]
    if op.type.upper() == "ROLE":
        return {"view_sql": _change_roles(world, cluster, op, grantees)}
    place = Place(op.database, op.schema_name or "", op.table or "")
    databases.require_database(world, cluster, op.database)
    target = Target(op.type.upper(), place, tuple(op.object_list), is_all=bool(op.all_object))
    told: list[str] = []
    for grantee in grantees:
        if op.is_grant:
            rights = [(one.permission, one.grant_with) for one in op.grant_list or []]
            told += authorities.grant(world, cluster, grantee, target, rights)
        else:
            rights = [(one.permission, one.revoke_with) for one in op.revoke_list or []]
            told += authorities.revoke(
                world, cluster, grantee, target, rights, cascade=op.cascade is not False
            )
    return {"view_sql": told}


@handles(ops.ShowDatabaseAuthority)
def show_database_authority(world: World, op: ops.ShowDatabaseAuthority, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    databases.require_database(world, cluster, op.database)
    place = Place(op.database, op.schema_name or "", op.table or "")
    target = Target(op.type.upper(), place, tuple(op.name))
    names = authorities.require_objects(world, cluster, target)
    return {
        "authorities": [
            {
                "name": name,
                "role_authority": [
                    {"role": one.role, "right_list": list(one.rights)}
                    for one in authorities.on(world, cluster, target, name)
                ],
            }
            for name in names
        ]
    }


@handles(ops.ListDatabaseObjects)
def list_database_objects(world: World, op: ops.ListDatabaseObjects, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    place = Place(op.database or "", op.schema_name or "", op.table or "")
    kind = op.type.upper()
    found = [
        {"obj_name": name}
        for name in databases.objects(world, cluster, kind, place)
        if (op.name or "") in name
    ]
    return {
        "type": kind,
        "object_list": _page(world, found, op.offset, op.limit),
        "count": len(found),
    }


@handles(ops.SyncIamUsers)
def sync_iam_users(world: World, op: ops.SyncIamUsers, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return {"sync_user": users.sync_with_iam(world, cluster)}


@handles(ops.ExecuteDatabaseOmUserAction)
def execute_database_om_user_action(
    world: World, op: ops.ExecuteDatabaseOmUserAction, caller: Caller
) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    users.admit_operators(world, cluster, op.operation)
    return tell.om_user(world, cluster)


@handles(ops.ShowDatabaseOmUserStatus)
def show_database_om_user_status(
    world: World, op: ops.ShowDatabaseOmUserStatus, caller: Caller
) -> Json:
    return tell.om_user(world, world.cluster(op.cluster_id, caller.project_id))


@handles(ops.ListSchemas)
def list_schemas(world: World, op: ops.ListSchemas, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [
        tell.schema(world, cluster, op.database_name, name, held)
        for name, held in sorted(databases.inside(world, cluster, op.database_name).items())
        if (op.keywords or "") in name
    ]
    if op.sort_key:
        if found and op.sort_key not in found[0]:
            raise Refused(400, "DWS.5038", f"Nothing is sorted by {op.sort_key}.")
        found.sort(
            key=lambda s: s[op.sort_key or ""], reverse=(op.sort_dir or "").lower() == "desc"
        )
    start = op.offset or 0
    return {"schemas": found[start : start + (op.limit or PAGE)], "count": len(found)}


@handles(ops.UpdateSchemas)
def update_schemas(world: World, op: ops.UpdateSchemas, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    place = Place(op.database_name, op.schema_name)
    databases.set_limit(world, cluster, place, op.perm_space)
    return {"ret_code": 0}


@handles(ops.ValidateDbData)
def validate_db_data(world: World, op: ops.ValidateDbData, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    there = databases.known(world, cluster, op.database, op.type)
    found = [name for name in op.data if name in there]
    return {
        "total": len(op.data),
        "success": len(found),
        "failure": len(op.data) - len(found),
        "type": op.type,
        "data": found,
    }


@handles(ops.CreateLdapConf)
def create_ldap_conf(world: World, op: ops.CreateLdapConf, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    if op.use_ssl and op.ssl_cert is None:
        raise Refused(400, "DWS.5037", "The parameter does not exist: SSL needs a certificate.")
    identities.use(world, cluster, identities.ldap(world, cluster, op))
    return {}


@handles(ops.ShowLdapConf)
def show_ldap_conf(world: World, op: ops.ShowLdapConf, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    return tell.ldap(identities.source(world, cluster))


@handles(ops.CreateOneaccessConf)
def create_oneaccess_conf(world: World, op: ops.CreateOneaccessConf, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    identities.use(world, cluster, identities.oneaccess(world, cluster, op))
    return {}


@handles(ops.ExecuteIdentitySync)
def execute_identity_sync(world: World, op: ops.ExecuteIdentitySync, caller: Caller) -> Json:
    identities.synchronize(world, world.cluster(op.cluster_id, caller.project_id))
    return {}


@handles(ops.ListSyncRecords)
def list_sync_records(world: World, op: ops.ListSyncRecords, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = [tell.synchronization(run) for run in identities.synchronizations(world, cluster)]
    return {"count": len(found), "sync_records": _page(world, found, op.offset, op.limit)}


@handles(ops.ListSyncRecordDetails)
def list_sync_record_details(world: World, op: ops.ListSyncRecordDetails, caller: Caller) -> Json:
    cluster = world.cluster(op.cluster_id, caller.project_id)
    found = tell.details(identities.synchronization(world, cluster, op.id))
    return {"sync_details": _page(world, found, op.offset, op.limit), "count": len(found)}


def _page(world: World, found: Sequence[T], offset: int | None, limit: int | None) -> Sequence[T]:
    size = limit or PAGE
    start = (offset or 0) * (size if world.spec.profile.offset == "pages" else 1)
    return found[start : start + size]


def _is_of_kind(user: DatabaseUser, kind: str | None) -> bool:
    return kind is None or user.is_user == (kind == "USER")


def _change(user: DatabaseUser, op: ops.CreateDatabaseUser | ops.UpdateDatabaseUserInfo) -> None:
    begin, until = users.seconds(op.valid_begin), users.seconds(op.valid_until)
    for name in tell.ATTRIBUTES:
        told = getattr(op, name, None)
        if told is not None:
            setattr(user, name, told)
    user.valid_begin = user.valid_begin if begin is None else begin
    user.valid_until = user.valid_until if until is None else until


def _change_roles(
    world: World,
    cluster: Cluster,
    op: ops.UpdateDatabaseAuthority,
    grantees: list[DatabaseUser],
) -> list[str]:
    granted = [(one.permission, one.grant_with) for one in op.grant_list or []]
    revoked = [(one.permission, one.revoke_with) for one in op.revoke_list or []]
    if op.is_grant:
        return users.grant_roles(world, cluster, grantees, granted)
    return users.revoke_roles(world, cluster, grantees, revoked)
