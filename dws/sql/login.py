"""How to log in to a database: where, as whom, and whom to trust. Opens nothing itself."""

from __future__ import annotations

import ssl
from typing import NamedTuple
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from dws.loopback import is_loopback_host
from dws.shapes import Cluster

PORT = 8000
"""Where a cluster listens unless told otherwise at its creation. Reference 5.2.1."""


class Address(NamedTuple):
    """Where one coordinator listens."""

    host: str
    port: int


class Login(BaseModel):
    """
    A way into one database of one cluster.

    Attributes:
        cluster_name: For messages.
        addresses: Tried in this order.
        ca_bundle: File of certificates to trust; the system's if empty.
    """

    model_config = ConfigDict(frozen=True, hide_input_in_errors=True)

    cluster_name: str
    addresses: tuple[Address, ...] = Field(min_length=1)
    database: str
    user: str
    password: SecretStr
    ca_bundle: str = ""

    def __str__(self) -> str:
        where = ", ".join(f"{address.host}:{address.port}" for address in self.addresses)
        return f"database {self.database} of cluster {self.cluster_name} at {where}"

    def to(self, database: str) -> Login:
        """The same way into another database of the cluster."""
        return self.model_copy(update={"database": database})

    @property
    def is_local(self) -> bool:
        """Whether the way never leaves this machine, as to an emulator's."""
        return all(is_loopback_host(address.host) for address in self.addresses)

    def encryption(self) -> dict[str, str]:
        """
        The settings of libpq on encryption: never optional but on this machine.

        A bundle of one's own is trusted for whatever host it certifies, since a cluster's
        certificate names none of its addresses (assumed); the system's store trusts so many
        that the host's name must be right as well.
        """
        if self.is_local:
            return {"sslmode": "disable"}
        if self.ca_bundle:
            return {"sslmode": "verify-ca", "sslrootcert": self.ca_bundle}
        return {"sslmode": "verify-full", "sslrootcert": _system_store()}


def addresses_of(cluster: Cluster, *, is_public: bool) -> tuple[Address, ...]:
    """
    Where the coordinators of a cluster listen, as its details tell.

    An address without a port, as in the Chinese guide, has the cluster's own.
    """
    inside = [item.connect_info for item in cluster.endpoints]
    outside = [item.public_connect_info for item in cluster.public_endpoints]
    parsed = [_parsed(info, cluster.port or PORT) for info in (outside if is_public else inside)]
    # Without a host libpq would look for a server on this machine.
    return tuple(address for address in parsed if address.host)


def _parsed(info: str, port: int) -> Address:
    url = urlsplit(f"//{info.strip()}")
    return Address(url.hostname or "", url.port or port)


def _system_store() -> str:
    # The libpq of the wheel looks where its own builder kept certificates; the file that Python
    # found on this machine is the better guess.
    return ssl.get_default_verify_paths().cafile or "system"
