"""
Signing of requests with an access key: ``SDK-HMAC-SHA256``.

Source: facts/service_and_peers B2 and facts/real_clients 12 to 16, read off two public SDKs.
"""

from __future__ import annotations

import hashlib
import hmac
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

import httpx
from pydantic import SecretStr

ALGORITHM = "SDK-HMAC-SHA256"
UNSIGNED = "UNSIGNED-PAYLOAD"
"""In place of the hash of a body that is no JSON."""
_SIGNED = ("content-type", "host", "x-project-id", "x-sdk-date", "x-security-token")


@dataclass(frozen=True)
class AccessKey:
    """A key pair; a temporary one comes with a security token."""

    id: str
    secret: SecretStr
    security_token: SecretStr | None = None


def sign(request: httpx.Request, key: AccessKey, at: datetime) -> None:
    """Add date, token and signature to a request; its other headers must be final."""
    request.headers["X-Sdk-Date"] = date = at.astimezone(UTC).strftime("%Y%m%dT%H%M%SZ")
    if key.security_token is not None:
        request.headers["X-Security-Token"] = key.security_token.get_secret_value()
    if request.headers.get("Content-Type", "").startswith("multipart/"):
        # As the public SDK does: facts/real_clients 16.
        request.headers["X-Sdk-Content-Sha256"] = UNSIGNED
    signed = [name for name in _SIGNED if name in request.headers]
    told = f"{ALGORITHM}\n{date}\n{_hash(_canonical(request, signed).encode())}"
    secret = key.secret.get_secret_value().encode()
    signature = hmac.new(secret, told.encode(), hashlib.sha256).hexdigest()
    request.headers["Authorization"] = (
        f"{ALGORITHM} Access={key.id}, SignedHeaders={';'.join(signed)}, Signature={signature}"
    )


def _canonical(request: httpx.Request, signed: list[str]) -> str:
    path, _, query = request.url.raw_path.decode("ascii").partition("?")
    headers = "".join(f"{name}:{request.headers[name].strip()}\n" for name in signed)
    return "\n".join(
        [
            request.method,
            _canonical_path(path),
            _canonical_query(query),
            headers,
            ";".join(signed),
            request.headers.get("X-Sdk-Content-Sha256") or _hash(request.content),
        ]
    )


def _canonical_path(path: str) -> str:
    # Always with a slash at its end, though the request's has none. An escaped slash counts
    # as a plain one, as the SDK decodes first.
    encoded = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return encoded if encoded.endswith("/") else f"{encoded}/"


def _canonical_query(query: str) -> str:
    pairs = (pair.partition("=") for pair in query.split("&") if pair)
    decoded = sorted((unquote(name), unquote(value)) for name, _, value in pairs)
    return "&".join(f"{quote(name, safe='~')}={quote(value, safe='~')}" for name, value in decoded)


def _hash(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
