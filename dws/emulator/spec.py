"""
What a world is told to be: the content of a ``--world`` file, as values.

Everything has a default; the default world has no clusters.
"""

from __future__ import annotations

import enum
from datetime import datetime, timedelta
from typing import Annotated, Literal, Self

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, SecretStr, model_validator

from dws.emulator.data_plane import DEFAULT_PASSWORD
from dws.emulator.flavors import VERSIONS
from dws.values import ResourceName, StrongPassword

PROJECT_ID = "9bc552e6-19af-4326-800d-281a92984636"
"""The default project, ``eu-de`` (contract)."""


class Told(BaseModel):
    """Part of a world file. An unknown field is a mistake."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Missing(enum.Enum):
    """How a resource that is not there is told (facts/service_and_peers B5, C)."""

    NOT_FOUND = "404"
    FORBIDDEN = "403 DWS.0015"
    UNAUTHORIZED = "401 DWS.0047"
    INVALID_ID = "400 DWS.0001"
    INVALID_SNAPSHOT = "400 DWS.5149"


def _status_as_text(value: object) -> object:
    return str(value) if isinstance(value, int) else value


class Profile(Told):
    """Where clouds differ, or nobody knows: what this one does (facts/service_and_peers G)."""

    missing_cluster: Annotated[Missing, BeforeValidator(_status_as_text)] = Missing.NOT_FOUND
    missing_snapshot: Annotated[Missing, BeforeValidator(_status_as_text)] = Missing.NOT_FOUND
    create_answers: Literal["order", "cluster", "both"] = "both"
    """The reference answers an order, all clients read the cluster's id."""
    deleted_clusters: Literal["dropped", "listed"] = "dropped"
    """``listed``: lists show a cluster as DELETED for ten minutes more."""
    times: Literal["zulu", "bare"] = "zulu"
    """``bare``: without the Z, as in the guides."""
    offset: Literal["pages", "records"] = "pages"
    """What ``offset`` counts in the list of a cluster's snapshots."""
    first_page: Literal[0, 1] = 1
    """Number of the first page of events and alarms: 1 by the reference, 0 by the SDK."""
    usable: Literal["AVAILABLE", "ACTIVE"] = "AVAILABLE"
    """What a cluster is called that can be used."""
    logical_busy: Literal["403", "417", "200"] = "403"
    """How logical clusters say busy: as all do, with 417, or with 200 and DWS.9999 (facts B5)."""
    scale_in_rings: int | None = Field(default=None, ge=1)
    """How many rings may go at once; all but one unless told."""
    delete_while_creating: bool = False
    """Whether a cluster may be deleted before it is there."""
    token_life: timedelta = timedelta(hours=24)

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.missing_cluster is Missing.INVALID_SNAPSHOT:
            known = "404, 403 DWS.0015, 401 DWS.0047, 400 DWS.0001"
            raise ValueError(f"missing_cluster: one of {known}")
        if self.missing_snapshot in {Missing.FORBIDDEN, Missing.UNAUTHORIZED}:
            raise ValueError("missing_snapshot: one of 404, 400 DWS.5149, 400 DWS.0001")
        return self


class Durations(Told):
    """How long things last; unless told, within the documented or assumed range."""

    create: timedelta | None = None
    snapshot: timedelta | None = None
    restore: timedelta | None = None
    delete: timedelta | None = None
    restart: timedelta | None = None
    grow: timedelta | None = None
    create_node: timedelta | None = None
    copy_snapshot: timedelta | None = None
    delete_snapshot: timedelta | None = None
    gap: timedelta | None = None
    """How idle a growing cluster looks between its snapshot and its growing."""
    switchover: timedelta | None = None
    start: timedelta | None = None
    stop: timedelta | None = None
    rename: timedelta | None = None
    set_timezone: timedelta | None = None
    set_parameters: timedelta | None = None
    add_cn: timedelta | None = None
    delete_cn: timedelta | None = None
    delete_node: timedelta | None = None
    upgrade: timedelta | None = None
    rollback: timedelta | None = None
    data_source: timedelta | None = None
    bind_elb: timedelta | None = None
    bind_eip: timedelta | None = None
    domain: timedelta | None = None
    sync_identity: timedelta | None = None
    table_restore: timedelta | None = None
    copy_abroad: timedelta | None = None
    dr_create: timedelta | None = None
    dr_start: timedelta | None = None
    dr_stop: timedelta | None = None
    dr_switch: timedelta | None = None
    dr_recover: timedelta | None = None
    dr_delete: timedelta | None = None
    dr_backup: timedelta | None = None
    dr_restore: timedelta | None = None
    dr_repair: timedelta | None = None
    """How long a cluster that failed over stays unavailable."""
    dr_roles: timedelta = timedelta()
    """How long a pair that has turned still tells its former roles."""
    shrink: timedelta | None = None
    expand_disk: timedelta | None = None
    change_flavor: timedelta | None = None
    prepare_nodes: timedelta | None = None
    lc_create: timedelta | None = None
    lc_edit: timedelta | None = None
    lc_restart: timedelta | None = None
    lc_delete: timedelta | None = None
    lc_convert: timedelta | None = None
    redistribute: timedelta | None = None
    """How long four jobs redistribute offline; unless told, as long as the data takes."""
    lc_lag: timedelta = timedelta(seconds=20)
    """How long a new logical cluster is not listed (Terraform 9363)."""
    encrypt: timedelta | None = None
    audit_dump: timedelta | None = None
    lag: timedelta = timedelta(seconds=5)
    """How long an accepted task does not show."""
    settle: timedelta = timedelta(seconds=3)
    """How long a cluster still refuses changes after a task."""


class User(Told):
    """Who may call, and how they say who they are."""

    name: str = "testname"
    domain: str = "testname"
    password: str = "Passw0rd"  # noqa: S105 - the public default of an emulator
    access_key: str = "emulator-ak"
    secret_key: str = "emulator-sk"  # noqa: S105 - as above
    security_token: str | None = None
    """If set, the keys are temporary, and signed requests must carry it."""


class Project(Told):
    """What tokens are scoped to."""

    name: str = "eu-de"
    id: str = PROJECT_ID


class ToldAuditDump(Told):
    """Where a cluster dumps its audit log to, as set in the console: no call of the API does."""

    bucket: str = "dws-demo"
    folder: str = "audit"
    interval: timedelta = Field(default=timedelta(minutes=10), ge=timedelta(minutes=5))


class ToldCluster(Told):
    """A cluster that is there from the beginning; with ``count``, that many."""

    name: str
    """``{n}`` in it is the number of the cluster, from 1, where there are several."""
    id: str | None = None
    count: int = Field(default=1, ge=1, le=100_000)
    project: str | None = None
    """Name or id of its project; the first one by default."""
    nodes: int = Field(default=3, ge=1, le=256)
    node_type: str = "dws.d2.xlarge"
    status: str = "AVAILABLE"
    sub_status: str = "NORMAL"
    task: str | None = None
    """A failure or a parked task that it shows, e.g. ``RESIZE_FAILURE``."""
    tags: dict[str, str] = Field(default={}, max_length=20)
    data_gb: float = Field(default=120.0, ge=0)
    version: str | None = None
    """Version of its database, e.g. ``8.1.1``; the latest unless told."""
    databases: dict[str, dict[str, list[str]]] | None = None
    """Tables by schema by database, beside those that hold its data."""
    user_name: str = "dbadmin"
    password: Annotated[SecretStr, StrongPassword] = SecretStr(DEFAULT_PASSWORD)
    """The administrator's; nobody asks for it unless there is a data plane."""
    sql: str = ""
    """What is in its database ``gaussdb``, if there is a data plane: runs as administrator."""
    port: int = 8000
    created: datetime | None = None
    """A month before the beginning unless told."""
    enterprise_project: str = "0"
    breaks_after: timedelta | None = None
    """When it becomes UNAVAILABLE, from the beginning; a failover away from it has it repaired."""
    node_fails_after: timedelta | None = None
    """When its last node fails, from the beginning: it stays UNBALANCED until switched back."""
    audit_dump: ToldAuditDump | None = None
    """None: it dumps no audit log."""
    logical_clusters: dict[str, Annotated[int, Field(ge=1)]] = {}
    """How many rings of three or four nodes each has, by its name; the first is the first one."""

    @model_validator(mode="after")
    def _fits(self) -> Self:
        if self.count > 1 and "{n}" not in self.name:
            raise ValueError("count > 1 needs {n} in name, e.g. dws-{n}")
        if self.count > 1 and self.id:
            raise ValueError("count > 1 gives each cluster an id of its own: leave id out")
        if sum(self.logical_clusters.values()) > max(self.nodes // 3, 1):
            raise ValueError("logical_clusters: together they have more rings than the cluster")
        return self


class ToldSnapshot(Told):
    """A snapshot that is there from the beginning."""

    name: ResourceName
    cluster: str
    """Name or id of its cluster."""
    id: str | None = None
    type: Literal["MANUAL", "AUTOMATED"] = "MANUAL"
    status: str = "AVAILABLE"
    size_gb: float | None = Field(default=None, ge=0)
    """That of the cluster's data unless told."""
    started: datetime | None = None
    description: str = ""


class ToldPair(Told):
    """A disaster recovery pair."""

    name: str
    primary: str
    """Name or id of a cluster."""
    standby: str
    id: str | None = None
    status: str = "running"
    dr_type: Literal["az", "region"] = "az"
    sync_period: str = Field(default="3H", pattern=r"^[1-9][0-9]{0,3}[mHd]$")
    failed_over: bool = False
    """Its standby is a former primary, which must be rebuilt; for one that is ``abnormal``."""


class ToldElb(Told):
    """A load balancer of a project; it is made elsewhere, and bound to a cluster here."""

    name: str = "elb-dws-1"
    id: str = "1e6e0b66-6223-4523-bfd9-033c88b4ce9f"
    project: str | None = None
    """Name or id of its project; the first one by default."""
    private_ip: str = "192.168.0.222"
    """Empty: it has none, and a cluster cannot be bound to it (sample of reference 5.13.1)."""
    public_ip: str = ""
    vpc_id: str = "85b20d7e-9eb7-4b2a-98f3-3c8843ea3574"
    subnet_id: str = "374eca02-cfc4-4de7-8ab5-dbebf7d9a720"


class ToldEip(Told):
    """An elastic IP of a project; it is made elsewhere, and bound to a cluster here."""

    id: str = "ab60b4ac-10e3-4d83-bccd-9a6a1b0ba983"
    address: str = "10.154.50.20"
    project: str | None = None
    """Name or id of its project; the first one by default."""
    bandwidth: int = Field(default=100, ge=1)
    """Mbit/s"""


class ToldPool(Told):
    """A storage pool that clusters may be created on."""

    id: str
    name: str
    type: str = "SSD"
    zone: str | None = None
    """The first one of the world unless told."""
    capacity_gb: int = Field(default=10_000, ge=1)
    status: str = "available"


class QuotaLimits(Told):
    """What the project may use. Ample by default, so that it does not get in the way."""

    instances: int = 100_000
    """Nodes, as in the sample of reference 5.11.1."""
    core: int = 10_000_000
    ram: int = 100_000_000
    """GB"""
    disk: int = 1_000_000
    disk_capacity: int = 1_000_000_000
    """GB"""


class WorldSpec(Told):
    """A whole world."""

    seed: int = 0
    """Ids and durations follow from it: two runs on equal worlds are alike."""
    users: list[User] = Field(default=[User()], min_length=1)
    projects: list[Project] = Field(default=[Project()], min_length=1)
    zones: list[str] = Field(
        default=["eu-de-01", "eu-de-02", "eu-de-03", "az1", "az2", "az3", "az1.dc1"], min_length=1
    )
    regions: list[str] = ["eu-nl", "eu-ch2"]
    """Other regions, which snapshots may be copied to."""
    clusters: list[ToldCluster] = []
    snapshots: list[ToldSnapshot] = []
    disaster_recoveries: list[ToldPair] = []
    elbs: list[ToldElb] = [ToldElb()]
    eips: list[ToldEip] = [ToldEip()]
    directory: list[str] = ["zhangsan", "lisi"]
    """Users that the identity sources of clusters know: an LDAP server, or OneAccess."""
    dss_pools: list[ToldPool] = []
    tenant_actions: list[str] = ["ColdStorage", "DwsV3Storage"]
    """What the project may do beyond the usual; the words are those of reference 5.2.58."""
    versions: list[str] = Field(default=list(VERSIONS), min_length=1)
    """The database versions that there are: what clusters can be upgraded to."""
    quotas: QuotaLimits = QuotaLimits()
    durations: Durations = Durations()
    profile: Profile = Profile()
