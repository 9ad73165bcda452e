"""
Checks requests signed with AK/SK: ``SDK-HMAC-SHA256``.

Apart from `dws.signer`, and sharing nothing with it: the two check each other. Facts:
service_and_peers B2, real_clients 12 to 16.
"""

from __future__ import annotations

import hashlib
import hmac
import re
from dataclasses import dataclass
from datetime import UTC, datetime
from urllib.parse import quote, unquote

from dws.emulator.call import Call

ALGORITHM = "SDK-HMAC-SHA256"
MOST_SKEW_S = 15 * 60
"""Documented for OBS, assumed here."""

_HEADER = re.compile(
    rf"{ALGORITHM} Access=(?P<access>[^,\s]+), ?SignedHeaders=(?P<signed>[^,\s]+), ?"
    r"Signature=(?P<signature>[0-9a-f]+)"
)


class BadSignature(Exception):
    """A signature is missing something, too old, or wrong."""


@dataclass(frozen=True, slots=True)
class Signed:
    """What the ``Authorization`` header tells."""

    access_key: str
    headers: tuple[str, ...]
    signature: str


def read(authorization: str) -> Signed:
    """
    Read the ``Authorization`` header.

    Raises:
        BadSignature: It is none of ours.
    """
    found = _HEADER.fullmatch(authorization.strip())
    if found is None:
        raise BadSignature("Incorrect IAM authentication information: Authorization not understood")
    return Signed(found["access"], tuple(found["signed"].split(";")), found["signature"])


def verify(call: Call, signed: Signed, secret_key: str, wall: float) -> None:
    """
    See that a request was signed with a key, and not long ago.

    Raises:
        BadSignature: It was not.
    """
    date = call.header(b"x-sdk-date") or ""
    _require_fresh(date, wall)
    if "x-sdk-date" not in signed.headers:
        raise BadSignature("verify aksk signature fail, x-sdk-date is not signed")
    wanted = sign(canonical(call, signed.headers), date, secret_key)
    if not hmac.compare_digest(wanted, signed.signature):
        raise BadSignature("verify aksk signature fail")


def sign(canonical_request: str, date: str, secret_key: str) -> str:
    """The signature of a canonical request."""
    digest = hashlib.sha256(canonical_request.encode()).hexdigest()
    to_sign = f"{ALGORITHM}\n{date}\n{digest}"
    return hmac.new(secret_key.encode(), to_sign.encode(), hashlib.sha256).hexdigest()


def canonical(call: Call, signed_headers: tuple[str, ...]) -> str:
    """The form of a request that is signed; from its target and body as they were sent."""
    headers = "".join(
        f"{name}:{(call.header(name.lower().encode()) or '').strip()}\n" for name in signed_headers
    )
    return "\n".join(
        (
            call.method,
            _uri(call.path),
            _query(call.query.decode("latin-1")),
            headers,
            ";".join(signed_headers),
            call.header(b"x-sdk-content-sha256") or hashlib.sha256(call.body).hexdigest(),
        )
    )


def _uri(path: str) -> str:
    # Decoded once and encoded again; %2F thereby becomes a slash, as with the service. Always
    # ends in a slash, although the request's own path does not.
    uri = "/".join(quote(segment, safe="~") for segment in unquote(path).split("/"))
    return uri if uri.endswith("/") else f"{uri}/"


def _query(query: str) -> str:
    pairs = []
    for part in filter(None, query.split("&")):
        name, _, value = part.partition("=")
        # `+` is no space here, and `k=` is kept.
        pairs.append((unquote(name), unquote(value)))
    # Sorted as they are meant, not as they are written: both public SDKs do (facts B2).
    encoded = ((quote(name, safe="~"), quote(value, safe="~")) for name, value in sorted(pairs))
    return "&".join(f"{name}={value}" for name, value in encoded)


def _require_fresh(date: str, wall: float) -> None:
    try:
        signed_at = datetime.strptime(date, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC).timestamp()
    except ValueError:
        raise BadSignature("Incorrect IAM authentication information: no X-Sdk-Date") from None
    if abs(wall - signed_at) > MOST_SKEW_S:
        raise BadSignature("signature expired: X-Sdk-Date is more than 15 minutes off")
