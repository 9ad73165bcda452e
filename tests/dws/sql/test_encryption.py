"""Off this machine all is encrypted and the other side proved, without a switch to omit it."""

from __future__ import annotations

import socket
import socketserver
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pydantic import SecretStr

from dws.errors import NotSent
from dws.sql.connection import connected
from dws.sql.login import Address, Login
from tests import postgres

ELSEWHERE = "0.0.0.0"
"""No loopback address, so it is held for far away; Linux leads it to this machine."""
SSL_REQUEST = bytes((0, 0, 0, 8, 4, 210, 22, 47))
"""What libpq says first if it wants TLS."""


def certified(name: str) -> tuple[bytes, bytes]:
    """A certificate that signed itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    whose = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(whose)
        .issuer_name(whose)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, kind = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    secret = key.private_bytes(pem, kind, serialization.NoEncryption())
    return signed.public_bytes(pem), secret


CERTIFICATE, KEY = certified("cluster")


class Front(socketserver.BaseRequestHandler):
    """Speaks TLS before a PostgreSQL that was built without: the wheel's is."""

    request: socket.socket
    context: ssl.SSLContext
    behind: int

    def handle(self) -> None:
        if self.request.recv(8) != SSL_REQUEST:
            return
        self.request.sendall(b"S")
        with (
            suppress(OSError),
            self.context.wrap_socket(self.request, server_side=True) as front,
            socket.create_connection(("127.0.0.1", self.behind)) as back,
        ):
            thread = threading.Thread(target=_pumped, args=(back, front))
            thread.start()
            _pumped(front, back)
            back.shutdown(socket.SHUT_RDWR)
            thread.join()


def _pumped(source: socket.socket, sink: socket.socket) -> None:
    with suppress(OSError):
        while data := source.recv(65536):
            sink.sendall(data)


@pytest.fixture(scope="module")
def encrypting(server: postgres.Server, tmp_path_factory) -> Iterator[postgres.Server]:
    """The server, behind an end that speaks TLS and nothing else."""
    file = tmp_path_factory.mktemp("tls") / "server.pem"
    file.write_bytes(KEY + CERTIFICATE)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(file)
    told = type("Told", (Front,), {"context": context, "behind": server.port})
    with socketserver.ThreadingTCPServer(("127.0.0.1", 0), told) as front:
        thread = threading.Thread(target=front.serve_forever, args=(0.01,))
        thread.start()
        yield postgres.Server(front.server_address[1], server.folder)
        front.shutdown()
        thread.join()


def far(server: postgres.Server, bundle: Path | None = None) -> Login:
    return Login(
        cluster_name="demo",
        addresses=(Address(ELSEWHERE, server.port),),
        database="postgres",
        user=postgres.ADMIN,
        password=SecretStr(postgres.PASSWORD),
        ca_bundle=str(bundle or ""),
    )


async def test_a_cluster_with_the_trusted_certificate_is_spoken_to_encrypted(
    encrypting: postgres.Server, tmp_path: Path
) -> None:
    bundle = tmp_path / "cluster.pem"
    bundle.write_bytes(CERTIFICATE)

    async with connected(far(encrypting, bundle)) as database:
        told = await database.row("SELECT 1")

    assert told == (1,)


async def test_a_cluster_with_another_certificate_gets_no_password(
    encrypting: postgres.Server, tmp_path: Path
) -> None:
    bundle = tmp_path / "other.pem"
    bundle.write_bytes(certified("other")[0])

    with pytest.raises(NotSent, match=r"certificate verify failed.*DWS_DATABASE_CA_BUNDLE"):
        async with connected(far(encrypting, bundle)):
            pass


async def test_without_a_bundle_the_systems_store_decides(encrypting: postgres.Server) -> None:
    with pytest.raises(NotSent, match=r"certificate verify failed.*DWS_DATABASE_CA_BUNDLE"):
        async with connected(far(encrypting)):
            pass


async def test_a_far_cluster_without_encryption_is_not_spoken_to(server: postgres.Server) -> None:
    with pytest.raises(NotSent, match=r"does not support SSL.*switch SSL on"):
        async with connected(far(server)):
            pass


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "::1"])
def test_on_this_machine_nothing_is_encrypted(host: str) -> None:
    login = Login(
        cluster_name="c",
        addresses=(Address(host, 1),),
        database="d",
        user="u",
        password=SecretStr("p"),
    )

    assert login.encryption() == {"sslmode": "disable"}
    assert (
        login.model_copy(
            update={"addresses": (Address(host, 1), Address("10.0.0.1", 1))}
        ).encryption()["sslmode"]
        == "verify-full"
    )
