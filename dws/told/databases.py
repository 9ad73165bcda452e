"""What the service tells of databases: users, what they may, objects, schemas, identity sources."""

from __future__ import annotations

from pydantic import Field

from dws.operation import Secret, Shape
from dws.shapes import File
from dws.values import Amount, Count, Moment, Several, Text


class DatabaseUser(Shape):
    """A user or a role, in a list."""

    name: str
    login: bool | None = None
    user_type: str | None = None
    """``COMMON, IAM, OneAccess``; releases after the reference tell it."""


class DatabaseUsers(Shape):
    """Users and roles."""

    users: Several[DatabaseUser]
    count: Count = None


class DatabaseUserDetails(Shape):
    """A user or a role, in full. Reference 5.15.5."""

    name: str
    login: bool | None = None
    createrole: bool | None = None
    createdb: bool | None = None
    systemadmin: bool | None = None
    auditadmin: bool | None = None
    inherit: bool | None = None
    useft: bool | None = None
    conn_limit: Count = None
    """-1: as many as there are."""
    replication: bool | None = None
    valid_begin: Moment = None
    valid_until: Moment = None
    lock: bool | None = None
    desc: str | None = None
    user_type: str | None = None
    logical_cluster: str | None = None


class SyncedUsers(Shape):
    """The users that a synchronization made."""

    sync_user: Several[str]


class ToldPrivilege(Shape):
    """Something that one may do."""

    permission: str
    grant_with: bool | None = None
    """Whether one may grant it to others."""


class ToldGrant(Shape):
    """What one may do with one object."""

    type: str
    database: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    obj_name: str | None = None
    all_object: bool | None = None
    column_name: str | None = None
    privileges: Several[ToldPrivilege] = []


class UserAuthorities(Shape):
    """All that a user may do."""

    authority_list: Several[ToldGrant]
    count: Count = None


class RoleOfUser(Shape):
    """A role, and whether the user has it."""

    name: str
    desc: str | None = None
    permission: bool | None = None
    grant_with: bool | None = None


class RolesOfUser(Shape):
    """The roles of a user."""

    roles: Several[RoleOfUser]
    count: Count = None


class ChangedAuthority(Shape):
    """The statements that were carried out."""

    view_sql: Several[str]


class RoleAuthority(Shape):
    """What one role may do with an object."""

    role: str
    right_list: Several[str] = []


class ObjectAuthority(Shape):
    """Who may do what with an object."""

    name: str
    role_authority: Several[RoleAuthority] = []


class ObjectAuthorities(Shape):
    """Who may do what, by object."""

    authorities: Several[ObjectAuthority]


class DatabaseObject(Shape):
    """A database, schema, table or the like."""

    obj_name: str


class DatabaseObjects(Shape):
    """Objects of one kind."""

    object_list: Several[DatabaseObject]
    type: str | None = None
    count: Count = None


class OmUserInfo(Shape):
    """The account that the provider's operators work with, if it is let in."""

    om_user_status: str | None = None
    """``on`` or ``off``."""
    om_user_expires_time: Moment = None


class OmUser(Shape):
    """The operators' account. A code that is not 0 is a refusal."""

    om_user_info: OmUserInfo | None = None
    error_code: Count = None
    error_msg: str | None = None


class SyncRecord(Shape):
    """One synchronization of an identity source."""

    id: str
    identity_source_id: str | None = None
    identity_source_type: str | None = None
    """``ldap`` or ``oneaccess``."""
    start_time: Moment = None
    end_time: Moment = None
    add_count: Count = None
    update_count: Count = None
    delete_count: Count = None
    failed_count: Count = None
    status: Text = ""
    """``SUCCESS`` (sample of reference 5.15.15); ``RUNNING`` and ``FAILED`` are assumed."""
    fail_reason: str | None = None


class SyncRecords(Shape):
    """Synchronizations of identity sources."""

    sync_records: Several[SyncRecord]
    count: Count = None


class SyncDetail(Shape):
    """What a synchronization did with one user."""

    id: str
    sync_record_id: str | None = None
    type: str | None = None
    """``ADD``; ``UPDATE, DELETE`` are assumed."""
    user_name: str | None = None
    status: str | None = None
    fail_reason: str | None = None


class SyncDetails(Shape):
    """What a synchronization did, user by user."""

    sync_details: Several[SyncDetail]
    count: Count = None


class LdapConf(Shape):
    """The LDAP server that users come from."""

    host: str | None
    """Empty where none is set (assumed)."""
    port: Count = None
    admin_name: str | None = None
    admin_password: Secret | None = None
    """Masked by the service, and here once more."""
    base_dn: str | None = None
    filter: str | None = None
    user_attribute: str | None = None
    use_ssl: bool | None = None
    ssl_cert: str | None = None
    """Name of its certificate's file."""
    auto_sync: bool | None = None


class SchemaSpace(Shape):
    """How much a schema holds, and may. Figures are in MB (assumed: no unit is documented)."""

    schema_name: str
    database_name: str | None = None
    total_value: Count = None
    perm_space: Count = None
    """-1: as much as there is."""
    skew_percent: Amount = None
    min_value: Count = None
    max_value: Count = None
    min_dn: str | None = None
    """The data node that holds least."""
    max_dn: str | None = None
    dn_num: Count = None


class SchemaSpaces(Shape):
    """Schemas of a database."""

    schemas: Several[SchemaSpace]
    count: Count = None


class SetSchema(Shape):
    """The result of setting a schema: 0 is well."""

    ret_code: int


class ValidatedData(Shape):
    """Which of some schemas or tables are there."""

    data: Several[str]
    """Those that are."""
    total: Count = None
    success: Count = None
    failure: Count = None
    type: str | None = None


class ExportedSheet(File):
    """A spreadsheet (XLSX)."""
