"""Databases of a cluster: users, roles and what they may, objects, schemas, identity sources."""

from __future__ import annotations

from typing import Annotated, Any, Literal, Self

from pydantic import Field, model_validator

from dws.errors import NotFound, RequestFailed
from dws.operation import At, Operation, Paging, Repeat, Secret, delete, get, post, put
from dws.sent.databases import (
    IN_SCHEMA,
    KINDS,
    Grant,
    Membership,
    ObjectKind,
    Privilege,
    Revocation,
    require_known,
)
from dws.shapes import FormFile, Nothing
from dws.told import databases as told
from dws.values import StrongPassword, names_user

MANAGER = "/v1/{project_id}/clusters/{cluster_id}/db-manager"
USER = f"{MANAGER}/users/{{name}}"
SCHEMAS = "/v2/{project_id}/clusters/{cluster_id}/databases/{database_name}/schemas"
NO_USER: dict[str, type[RequestFailed]] = {"DWS.5198": NotFound}
"""Assumed: the emulator's word for a user that is not there."""

Offset = Annotated[int, Field(ge=0)]
"""Pages to skip: "page number minus 1" in later references, though this one says "offset"."""
Limit = Annotated[int, Field(ge=1)]
RoleName = Annotated[str, Field(pattern=r"^[A-Za-z_][A-Za-z0-9_\x24.@-]{0,62}$")]
"""At most 63 characters, no digit first (assumed: the database's own rule)."""
Moment = Annotated[str, Field(pattern=r"^[0-9]{4}(-[0-9]{2}){2}T[0-9]{2}(:[0-9]{2}){2}Z?$")]
"""``2023-04-03T12:23:01``, UTC; the reference wants a Z that its samples lack."""


@get(f"{MANAGER}/users", paging=Paging.PAGES_FROM_0)
class ListDatabaseUsers(Operation[told.DatabaseUsers]):
    """List the users and roles of a cluster's databases. Reference 5.15.3."""

    cluster_id: str
    type: Literal["USER", "ROLE"] | None = None
    user_type: Literal["COMMON", "IAM", "OneAccess"] | None = None
    offset: Offset | None = None
    limit: Limit | None = None
    """1000 unless told."""


@post(f"{MANAGER}/users")
class CreateDatabaseUser(Operation[Nothing]):
    """
    Create a database user or role, with roles and privileges, at once. Reference 5.15.4.

    A password is needed unless ``password_disable`` says that none may be used, which is the
    default for roles; it does not hold the name. The same twice is refused.
    """

    cluster_id: str
    name: RoleName
    type: Literal["role", "user"] | None = None
    """``role`` unless told."""
    login: bool | None = None
    """True for a user, False for a role, unless told."""
    password_disable: bool | None = None
    password: Annotated[Secret, StrongPassword] | None = None
    createrole: bool | None = None
    createdb: bool | None = None
    systemadmin: bool | None = None
    auditadmin: bool | None = None
    inherit: bool | None = None
    useft: bool | None = None
    conn_limit: Annotated[int, Field(ge=-1)] | None = None
    valid_begin: Moment | None = None
    valid_until: Moment | None = None
    lock: bool | None = None
    desc: str | None = None
    grant_members: list[Membership] | None = None
    grant_list: list[Grant] | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        disabled = self.type != "user" if self.password_disable is None else self.password_disable
        if not disabled and self.password is None:
            raise ValueError("a password is needed unless password_disable")
        if self.password and names_user(self.password, self.name):
            raise ValueError("a password must not contain the name, nor the name backwards")
        return self


@get(USER, tells=NO_USER)
class ShowDatabaseUser(Operation[told.DatabaseUserDetails]):
    """Show a database user or role. Reference 5.15.5."""

    cluster_id: str
    name: str


@post(USER, repeat=Repeat.REPEATABLE, tells=NO_USER)
class UpdateDatabaseUserInfo(Operation[Nothing]):
    """
    Change a database user or role, at once; what is not told stays (assumed).

    A locked or expired user cannot connect any more; present sessions go on. Reference 5.15.6.
    """

    cluster_id: str
    name: str
    login: bool | None = None
    createrole: bool | None = None
    createdb: bool | None = None
    systemadmin: bool | None = None
    auditadmin: bool | None = None
    inherit: bool | None = None
    useft: bool | None = None
    conn_limit: Annotated[int, Field(ge=-1)] | None = None
    replication: bool | None = None
    valid_begin: Moment | None = None
    valid_until: Moment | None = None
    lock: bool | None = None


@delete(USER, tells=NO_USER)
class DeleteDatabaseUser(Operation[Nothing]):
    """
    Delete a database user or role, for good. The administrator cannot be deleted.

    One that has privileges is refused unless ``cascade``, which takes them too (assumed).
    Reference 5.15.1; ``cascade`` is of the SDK.
    """

    cluster_id: str
    name: str
    cascade: bool | None = None


@get(f"{USER}/roles", tells=NO_USER, paging=Paging.PAGES_FROM_0)
class ListDatabaseUserRoles(Operation[told.RolesOfUser]):
    """List the roles of a user. Reference 5.15.9."""

    cluster_id: str
    name: str
    query_all: bool | None = None
    """Whether to list the roles too that the user has not; text on the wire."""
    offset: Offset | None = None
    limit: Limit | None = None


@get(f"{USER}/authority", tells=NO_USER, paging=Paging.PAGES_FROM_0)
class ListDatabaseUserAuthorities(Operation[told.UserAuthorities]):
    """List what a user may do. Reference 5.15.10."""

    cluster_id: str
    name: str
    offset: Offset | None = None
    limit: Limit | None = None


@get(f"{USER}/authority/export", tells=NO_USER)
class ExportUserAuthority(Operation[told.ExportedSheet]):
    """Export what a user may do, as a spreadsheet; one page of at most ``limit``. SDK only."""

    cluster_id: str
    name: str
    offset: Offset | None = None
    limit: Limit | None = None
    """10000 unless told."""


@get(f"{MANAGER}/users/export")
class ExportDatabaseUsers(Operation[told.ExportedSheet]):
    """Export users and roles as a spreadsheet; one page of at most ``limit``. SDK only."""

    cluster_id: str
    type: Literal["USER", "ROLE"] | None = None
    offset: Offset | None = None
    limit: Limit | None = None
    """10000 unless told."""


@post(f"{MANAGER}/authority", repeat=Repeat.REPEATABLE)
class UpdateDatabaseAuthority(Operation[told.ChangedAuthority]):
    """
    Grant or revoke privileges on objects, or roles, at once; answers the statements.

    Queries that lose a privilege fail from their next statement on. Reference 5.15.7.
    """

    cluster_id: str
    type: Annotated[str, Field(pattern=rf"^(?i:{KINDS}|ROLE)$")]
    is_grant: bool
    role_list: list[Annotated[str, Field(min_length=1)]] = Field(min_length=1)
    """Who is granted, or loses."""
    object_list: list[str]
    database: str
    grant_list: list[Privilege] | None = None
    revoke_list: list[Revocation] | None = None
    all_object: bool | None = None
    """All objects of the schema, in place of those told."""
    cascade: bool | None = None
    """Revoke from those too to whom it was passed on; so unless told."""
    schema_name: str | None = Field(default=None, alias="schema")
    table: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.is_grant and not self.grant_list:
            raise ValueError("grant_list is needed to grant")
        if not self.is_grant and not self.revoke_list:
            raise ValueError("revoke_list is needed to revoke")
        if self.type.upper() in IN_SCHEMA and self.schema_name is None:
            raise ValueError(f"schema is needed for a {self.type.upper()}")
        if self.type.upper() == "COLUMN" and self.table is None:
            raise ValueError("table is needed for a COLUMN")
        require_known(self.type, [one.permission for one in self.grant_list or []])
        require_known(self.type, [one.permission for one in self.revoke_list or []])
        return self


@get(f"{MANAGER}/authority")
class ShowDatabaseAuthority(Operation[told.ObjectAuthorities]):
    """Tell who may do what with some objects. Reference 5.15.8."""

    cluster_id: str
    type: ObjectKind
    name: list[str] = Field(min_length=1)
    database: str
    schema_name: str | None = Field(default=None, alias="schema")
    table: str | None = None

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.type.upper() in IN_SCHEMA and self.schema_name is None:
            raise ValueError(f"schema is needed for a {self.type.upper()}")
        if self.type.upper() == "COLUMN" and self.table is None:
            raise ValueError("table is needed for a COLUMN")
        return self


@get(f"{MANAGER}/objects", paging=Paging.PAGES_FROM_0)
class ListDatabaseObjects(Operation[told.DatabaseObjects]):
    """
    List the objects of a kind whose names contain ``name``. Reference 5.15.11.

    Schemas need ``database``, what is in them ``schema`` too, columns ``table`` as well.
    """

    cluster_id: str
    type: ObjectKind
    name: str | None = None
    database: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    table: str | None = None
    is_fine_grained_disaster: bool | None = None
    """SDK only; nothing says what it does."""
    offset: Offset | None = None
    limit: Limit | None = None


@post(f"{MANAGER}/sync-iam-user", repeat=Repeat.REPEATABLE)
class SyncIamUsers(Operation[told.SyncedUsers]):
    """
    Make a database user of each IAM user that has none; answers those that were made.

    At once; nothing else changes. Reference 5.15.2.
    """

    cluster_id: str


@post(f"{MANAGER}/om-user/action")
class ExecuteDatabaseOmUserAction(Operation[told.OmUser]):
    """
    Let the provider's operators into the databases, for longer, or out. SDK only.

    They are let in for 8 hours; each ``increaseOmUserPeriod`` adds 8 more.
    """

    cluster_id: str
    operation: Literal["addOmUser", "deleteOmUser", "increaseOmUserPeriod"]


@get(f"{MANAGER}/om-user/status")
class ShowDatabaseOmUserStatus(Operation[told.OmUser]):
    """Tell whether the provider's operators are let into the databases. SDK only."""

    cluster_id: str


@get(SCHEMAS, paging=Paging.RECORDS)
class ListSchemas(Operation[told.SchemaSpaces]):
    """List how much the schemas of a database hold, and may. Reference 5.7.30."""

    cluster_id: str
    database_name: str
    sort_key: str | None = None
    """A field of the reply."""
    sort_dir: Annotated[str, Field(pattern="^(?i:asc|desc)$")] | None = None
    keywords: str | None = None
    """What the name contains."""
    limit: Limit | None = None
    offset: Offset | None = None


@put(SCHEMAS)
class UpdateSchemas(Operation[told.SetSchema]):
    """
    Limit how much a schema may hold, at once; -1 is no limit. Writes beyond it fail.

    Reference 5.7.31.
    """

    cluster_id: str
    database_name: str
    schema_name: str = Field(min_length=1)
    perm_space: int = Field(ge=-1)
    """MB (assumed). Text by the table, a number in its sample, which is what is sent."""


@post(
    "/v1/{project_id}/clusters/{cluster_id}/{database}/validate",
    repeat=Repeat.READS,
)
class ValidateDbData(Operation[told.ValidatedData]):
    """Tell which of some schemas or tables are there, as after a restore. SDK only."""

    cluster_id: str
    database: str
    type: Literal["schema", "table"]
    data: list[str] = Field(min_length=1)
    """Tables as ``schema.table``, or bare where they are in ``public`` (assumed)."""


@post(f"{MANAGER}/ldap-conf", repeat=Repeat.REPEATABLE)
class CreateLdapConf(Operation[Nothing]):
    """
    Set the LDAP server that database users come from; it takes the place of the last source.

    With ``auto_sync`` the first synchronization begins at once (assumed), and
    `dws.waiters.databases.identity_synced` tells its end. Sent as form data. Reference 5.15.12.
    """

    cluster_id: str
    admin_name: Annotated[str, At("query"), Field(min_length=1)]
    host: Annotated[str, At("form"), Field(min_length=1)]
    port: Annotated[int, At("form"), Field(ge=1, le=65535)]
    admin_password: Annotated[Secret, At("form")]
    base_dn: Annotated[str, At("form"), Field(min_length=1)]
    filter: Annotated[str, At("form"), Field(min_length=1)]
    user_attribute: Annotated[str, At("form"), Field(min_length=1)]
    use_ssl: Annotated[bool | None, At("form")] = None
    ssl_cert: Annotated[FormFile | None, At("form")] = None
    auto_sync: Annotated[bool | None, At("form")] = None

    @model_validator(mode="before")
    @classmethod
    def _as_printed(cls, given: Any) -> Any:
        # The sample of the reference has `use_attribute`, and the certificate as bare text.
        if not isinstance(given, dict):
            return given
        given = dict(given)
        if "use_attribute" in given:
            given.setdefault("user_attribute", given.pop("use_attribute"))
        if isinstance(given.get("ssl_cert"), str):
            given["ssl_cert"] = {"name": "ssl_cert.pem", "content": given["ssl_cert"]}
        return given


@get(f"{MANAGER}/ldap-conf")
class ShowLdapConf(Operation[told.LdapConf]):
    """Show the LDAP server that database users come from. Reference 5.15.13."""

    cluster_id: str


@post(f"{MANAGER}/oneaccess-conf", repeat=Repeat.REPEATABLE)
class CreateOneaccessConf(Operation[Nothing]):
    """
    Set the OneAccess application that database users come from, as `CreateLdapConf` does.

    `dws.waiters.databases.identity_synced` tells the end of its synchronization.
    Reference 5.15.14.
    """

    cluster_id: str
    host: str = Field(min_length=1)
    client_id: str = Field(min_length=1)
    client_secret: Secret
    org_id: str | None = None
    auto_sync: bool | None = None


@post(f"{MANAGER}/sync-execute")
class ExecuteIdentitySync(Operation[Nothing]):
    """
    Synchronize the database users with their identity source now.

    Makes users, and deletes those that the source knows no more (assumed). Answers at once;
    `dws.waiters.databases.identity_synced` tells the end. Reference 5.15.16.
    """

    cluster_id: str


@get(f"{MANAGER}/sync-records", paging=Paging.PAGES_FROM_0)
class ListSyncRecords(Operation[told.SyncRecords]):
    """List the synchronizations of identity sources, newest first (assumed). SDK only."""

    cluster_id: str
    offset: Offset | None = None
    limit: Limit | None = None


@get(f"{MANAGER}/sync-records/{{id}}", paging=Paging.PAGES_FROM_0)
class ListSyncRecordDetails(Operation[told.SyncDetails]):
    """List what one synchronization did, user by user. Reference 5.15.15."""

    cluster_id: str
    id: str
    offset: Offset | None = None
    limit: Limit | None = None
