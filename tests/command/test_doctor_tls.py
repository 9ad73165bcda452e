"""``runbook doctor`` on a service whose certificate is signed by nobody that is known."""

from __future__ import annotations

import json
import ssl
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID


@pytest.fixture(scope="module")
def certificate(tmp_path_factory) -> Path:
    """A file with a certificate of localhost, signed by itself, and its key."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "localhost")])
    now = datetime.now(UTC)
    signed = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName("localhost")]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem = serialization.Encoding.PEM
    kind = serialization.PrivateFormat.PKCS8
    file = tmp_path_factory.mktemp("tls") / "localhost.pem"
    file.write_bytes(
        key.private_bytes(pem, kind, serialization.NoEncryption()) + signed.public_bytes(pem)
    )
    return file


class Answers(BaseHTTPRequestHandler):
    """Answers everything with 404, as the gateway does where it knows no such route."""

    def do_GET(self) -> None:
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    def log_message(self, *_: object) -> None:
        """Nothing to say."""


@pytest.fixture
def service(certificate, monkeypatch) -> Iterator[str]:
    """Something that speaks TLS, as endpoint and identity service."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(certificate)
    with HTTPServer(("127.0.0.1", 0), Answers) as server:
        server.socket = context.wrap_socket(server.socket, server_side=True)
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        url = f"https://localhost:{server.server_port}"
        told = {"ENDPOINT": url, "IAM_ENDPOINT": url, "PROJECT_ID": "p"}
        for name, value in {**told, "ACCESS_KEY": "a", "SECRET_KEY": "s"}.items():
            monkeypatch.setenv(f"DWS_{name}", value)
        yield url
        server.shutdown()
        thread.join()


def endpoint(runbook) -> dict[str, str]:
    told = json.loads(runbook("doctor", "--json").stdout)
    return next(one for one in told if one["check"] == "endpoint")


def test_a_certificate_of_nobody_known_is_told_with_the_cure(runbook, service) -> None:
    found = endpoint(runbook)

    assert found["level"] == "bad"
    assert "TLS fails" in found["told"]
    assert "DWS_CA_BUNDLE" in found["cure"]


def test_a_bundle_makes_it_known(runbook, service, certificate, monkeypatch) -> None:
    monkeypatch.setenv("DWS_CA_BUNDLE", str(certificate))

    assert endpoint(runbook)["level"] == "ok"


def test_a_bundle_without_certificates_is_told(runbook, service, tmp_path, monkeypatch) -> None:
    (tmp_path / "empty.pem").write_text("")
    monkeypatch.setenv("DWS_CA_BUNDLE", str(tmp_path / "empty.pem"))

    assert endpoint(runbook)["level"] == "bad"
