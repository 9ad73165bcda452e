"""Security: encryption and its keys, dumps of the audit log, logs in the Log Tank Service."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from dws.operation import Operation, Paging, Part, Repeat, Shape, get, post
from dws.shapes import JobAccepted, Nothing
from dws.values import Count, Moment, Several, Text

LTS_LOGS = "/v1/{project_id}/clusters/{cluster_id}/lts-logs"


class AuditDump(Shape):
    """One dump of the audit log to OBS."""

    cluster_id: str | None = None
    exector_time: Moment = None
    """When it was carried out; a slip of the service, which some write right."""
    executor_time: Moment = None
    begin_time: Moment = None
    """From when on the records are that it holds."""
    end_time: Moment = None
    bucket_name: str | None = None
    location_prefix: str | None = None
    """The folder in the bucket."""
    result: Text = ""
    """``RUNNING`` in the sample; an open set."""
    failed_reason: str | None = None


class AuditDumps(Shape):
    """Dumps of the audit log."""

    records: Several[AuditDump]
    cluster_id: str | None = None
    count: Count = None


@get("/v1.0/{project_id}/clusters/{cluster_id}/audit-log-records")
class ListAuditLog(Operation[AuditDumps]):
    """List the dumps of a cluster's audit log, in one page. Reference 5.6.1."""

    cluster_id: str


class Encryption(Shape):
    """How a cluster is encrypted. All fields are empty of one that is not (seen: SDK's pages)."""

    id: str | None = None
    cluster_id: str | None = None
    master_key_id: str | None = None
    master_key_name: str | None = None
    last_rotate_key_time: Moment = None
    crypt_algorithm: str | None = None

    @property
    def is_encrypted(self) -> bool:
        """Whether the cluster is encrypted."""
        return bool(self.master_key_id)


@get("/v1/{project_id}/clusters/{cluster_id}/encrypt-info")
class ShowClusterEncryptInfo(Operation[Encryption]):
    """Show whether and how a cluster is encrypted. Reference 5.2.51."""

    cluster_id: str


class NewEncryption(Part):
    """The key of the key management service to encrypt with."""

    master_key_id: str = Field(min_length=1)
    """Must stay usable: without it the database is lost (seen: the service's user guide)."""
    master_key_name: str = Field(min_length=1)
    crypt_algorithm: Literal["generalCipher", "SMcompatible"] | None = None
    """AES, which is the service's choice (assumed), or SM4."""


@post("/v2/{project_id}/clusters/{cluster_id}/encrypt")
class EncryptCluster(Operation[JobAccepted]):
    """
    Encrypt an ordinary cluster, for good: there is no way back. Queries are broken off (assumed).

    `dws.waiters.job_finished` tells the end. The cluster must be idle and in no disaster
    recovery (seen: the service's user guide). From version 8.0.0. Reference 5.2.60.
    """

    cluster_id: str
    encrypt: NewEncryption


class RotatedKey(Shape):
    """A key was rotated."""

    master_key_name: str | None = None
    cluster_id: str | None = None
    rotate_key_time: Moment


@post("/v1/{project_id}/clusters/{cluster_id}/rotate-key")
class RotateKey(Operation[RotatedKey]):
    """
    Rotate the key of an encrypted cluster. Queries go on (assumed). SDK only.

    It is done when it answers. The cluster must be encrypted, and idle (assumed).
    """

    cluster_id: str
    master_key_id: str | None = None
    """That of the cluster."""


class LtsLog(Shape):
    """A kind of logs of a cluster."""

    id: str
    status: Text = ""
    """``OPEN`` or ``CLOSE``"""
    log_type: Text = ""
    """``messages, audit, CN, DN, cms, gtm, roach-agent, roach-controller, upgrade, expand``."""
    log_desc: str | None = None
    access_url: str | None = None
    """Where the console shows them."""


class LtsLogs(Shape):
    """Logs of a cluster in the Log Tank Service."""

    access_status: Text = ""
    """``OPEN, CLOSE``, or ``DELETE`` of a cluster that is deleted."""
    lts_access_list: Several[LtsLog]
    count: Count = None


@get(LTS_LOGS, paging=Paging.PAGES_FROM_0)
class ListLtsLogs(Operation[LtsLogs]):
    """
    List the kinds of logs that a cluster sends to the Log Tank Service.

    ``offset`` counts pages (seen: SDK's pages). From version 8.1.1.300. Reference 5.16.1.
    """

    cluster_id: str
    limit: int | None = Field(default=None, ge=1)
    offset: int | None = Field(default=None, ge=0)


@post(f"{LTS_LOGS}/enable", repeat=Repeat.REPEATABLE)
class EnableLtsLogs(Operation[Nothing]):
    """
    Let a cluster send its logs to the Log Tank Service. Queries go on.

    From version 8.1.1.300. Reference 5.16.2.
    """

    cluster_id: str


@post(f"{LTS_LOGS}/disable", repeat=Repeat.REPEATABLE)
class DisableLtsLogs(Operation[Nothing]):
    """
    Let a cluster send no more logs to the Log Tank Service. Queries go on.

    Refused with DWS.7107 if it sends none (assumed). Reference 5.16.3.
    """

    cluster_id: str
