"""
Settings of an account: whose clusters, in which region, with which credentials.

Source: design/contract.md, "Settings". An id wins over a name, keys win over a password.
"""

from __future__ import annotations

import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, SecretStr

from dws import clock
from dws.client import ATTEMPTS, Client
from dws.errors import BadSetting
from dws.identity import Identity, Keys, Password, Project
from dws.loopback import is_loopback
from dws.shapes import Cluster
from dws.signer import AccessKey
from dws.sql.login import Login, addresses_of

CLOCK_SPEED = "RUNBOOK_CLOCK_SPEED"
DATABASE = "gaussdb"
"""The database that every cluster is born with."""


class Account(BaseModel):
    """
    Access to one project in one region.

    Raises:
        BadSetting: By `from_environment`, `checked` and `client`: something is missing or cannot
            work. All of it is told at once.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    endpoint: str = ""
    """Base URL, e.g. ``https://dws.eu-de.otc.t-systems.com``."""
    iam_endpoint: str = ""
    """Base URL; where the endpoint begins with ``dws.`` the same with ``iam.`` if not told."""
    project_id: str = ""
    project_name: str = ""
    username: str = ""
    domain: str = ""
    password: SecretStr = SecretStr("")
    access_key: str = ""
    secret_key: SecretStr = SecretStr("")
    security_token: SecretStr = SecretStr("")
    ca_bundle: str = ""
    """File of certificates to trust. There is no switch to trust any."""
    database_user: str = ""
    """Who logs in to the databases; the administrator of each cluster if not told."""
    database_password: SecretStr = SecretStr("")
    database_new_password: SecretStr = SecretStr("")
    """What a rotation of the password changes it to; used by nothing else."""
    database: str = ""
    """The database to log in to; `DATABASE` if not told."""
    database_endpoint: str = ""
    """``private`` or ``public``: which of a cluster's endpoints leads there from here."""
    database_ca_bundle: str = ""
    """File of certificates to trust; those of the system, and the host's name, if not told."""
    clock_speed: float = 1.0
    """How fast the cloud's time runs: 1, or an emulator's speed."""

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """The account ``default``: the variables ``DWS_*`` and ``RUNBOOK_CLOCK_SPEED``."""
        fields = [name for name in cls.model_fields if name != "clock_speed"]
        told = {name: environment.get(f"DWS_{name.upper()}", "").strip() for name in fields}
        speed = environment.get(CLOCK_SPEED, "1").strip() or "1"
        account = cls.model_validate(told)
        try:
            account = account.model_copy(update={"clock_speed": float(speed)})
        except ValueError as error:
            wrong = f"{CLOCK_SPEED}={speed!r}: set a number, 1 for a real cloud"
            raise BadSetting([*account.problems(), wrong]) from error
        return account.checked()

    def checked(self) -> Self:
        """The same account, if it can work."""
        if problems := list(self.problems()):
            raise BadSetting(problems)
        return self

    def client(self, *, attempts: int = ATTEMPTS) -> Client:
        """
        A client of this account. Sets the clock of this process to the account's speed.

        Args:
            attempts: How often one request is sent at most.
        """
        self.checked()
        if self.clock_speed != 1.0:
            clock.use(clock.ScaledClock(self.clock_speed))
        return Client(
            _base(self.endpoint),
            self._identity(),
            ca_bundle=self.ca_bundle or None,
            attempts=attempts,
        )

    def login(self, cluster: Cluster, *, database: str | None = None, new: bool = False) -> Login:
        """
        How to log in to a database of a cluster.

        Args:
            cluster: In full, as its details tell it: they have its endpoints.
            database: Another one than that of the settings.
            new: Whether with the password that a rotation changes to.

        Raises:
            BadSetting: There is no password, no user, or no endpoint of the kind wanted.
        """
        secret = self.database_new_password if new else self.database_password
        setting = f"DWS_DATABASE_{'NEW_' if new else ''}PASSWORD"
        user = self.database_user or cluster.user_name or ""
        addresses = addresses_of(cluster, is_public=self.database_endpoint == "public")
        problems = {
            f"{setting} is not set: set it to the password of the databases": bool(
                secret.get_secret_value()
            ),
            f"DWS_DATABASE_USER is not set, and the service names no administrator of cluster "
            f"{cluster.name}: set it": bool(user),
            f"cluster {cluster.name} has no {self.database_endpoint or 'private'} endpoint "
            f"({cluster.status}); set DWS_DATABASE_ENDPOINT to the other kind, private or public, "
            "or bind an address to it": bool(addresses),
        }
        if wrong := [told for told, fits in problems.items() if not fits]:
            raise BadSetting(wrong)
        return Login(
            cluster_name=cluster.name,
            addresses=addresses,
            database=database or self.database or DATABASE,
            user=user,
            password=secret,
            ca_bundle=self.database_ca_bundle,
        )

    @property
    def iam(self) -> str:
        """Base URL of the identity service, without ``/v3``."""
        told = _base(self.iam_endpoint).removesuffix("/v3")
        if told:
            return told
        url = urlsplit(_base(self.endpoint))
        if not url.netloc.startswith("dws."):
            return url.geturl()
        return url._replace(netloc=f"iam.{url.netloc.removeprefix('dws.')}").geturl()

    def _identity(self) -> Identity:
        project = Project(self.project_id or None, self.project_name or None)
        if self.access_key:
            token = self.security_token if self.security_token.get_secret_value() else None
            return Keys(
                self.iam,
                key=AccessKey(self.access_key, self.secret_key, token),
                project=project,
            )
        return Password(
            self.iam,
            user=self.username,
            domain=self.domain or self.username,
            password=self.password,
            project=project,
        )

    def problems(self) -> Iterator[str]:
        """What keeps these settings from working: each with its name and its cure."""
        if not self.endpoint:
            yield "DWS_ENDPOINT is not set: set it to the service's address, https://dws.<region>..."
        for name in ("endpoint", "iam_endpoint"):
            yield from _wrong_address(f"DWS_{name.upper()}", getattr(self, name))
        if not (self.project_id or self.project_name):
            yield "DWS_PROJECT_ID is not set: set it, or DWS_PROJECT_NAME, e.g. eu-de"
        yield from self._wrong_credentials()
        for name in ("ca_bundle", "database_ca_bundle"):
            if (told := getattr(self, name)) and not Path(told).is_file():
                yield f"DWS_{name.upper()}={told!r}: there is no such file"
        if self.database_endpoint not in {"", "private", "public"}:
            yield f"DWS_DATABASE_ENDPOINT={self.database_endpoint!r}: set private or public"
        yield from self._wrong_speed()

    def _wrong_credentials(self) -> Iterator[str]:
        if self.access_key:
            if not self.secret_key.get_secret_value():
                yield "DWS_SECRET_KEY is not set: DWS_ACCESS_KEY needs it"
            return
        if not self.username:
            yield "DWS_USERNAME is not set: set it with DWS_PASSWORD, or set DWS_ACCESS_KEY"
        elif not self.password.get_secret_value():
            yield "DWS_PASSWORD is not set: DWS_USERNAME needs it"

    def _wrong_speed(self) -> Iterator[str]:
        if not 0 < self.clock_speed <= 100_000:
            yield f"{CLOCK_SPEED}={self.clock_speed:g}: set more than 0 and at most 100000"
        elif self.clock_speed != 1.0 and not is_loopback(self.endpoint):
            yield (
                f"{CLOCK_SPEED}={self.clock_speed:g}: unset it, as {self.endpoint} is no emulator "
                "on this machine"
            )


def _wrong_address(name: str, address: str) -> Iterator[str]:
    if not address:
        return
    if "@" in address:  # first: the others tell the address
        yield f"{name}: leave user and password out of the address"
        return
    try:
        url = urlsplit(address)
        fits = url.scheme in {"http", "https"} and bool(url.hostname) and url.port != 0
    except ValueError:  # brackets that do not close, a port that is no number
        fits = False
    if not fits:
        yield f"{name}={address!r}: write it as https://host"
    elif url.scheme == "http" and not is_loopback(address):
        yield f"{name}={address!r}: use https; http is for this machine only"


def _base(address: str) -> str:
    return address.rstrip("/")
