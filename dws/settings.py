"""
Settings of an account: whose clusters, in which region, with which credentials.

Source: design/contract.md, "Settings". An id wins over a name, keys win over a password.
"""

from __future__ import annotations

import ipaddress
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
from dws.signer import AccessKey

CLOCK_SPEED = "RUNBOOK_CLOCK_SPEED"


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
        if self.ca_bundle and not Path(self.ca_bundle).is_file():
            yield f"DWS_CA_BUNDLE={self.ca_bundle!r}: there is no such file"
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


def is_loopback(address: str) -> bool:
    """Whether a URL leads to this machine and nowhere else."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


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
