"""Passwords that clusters had: kept as salted hashes, to refuse them a second time."""

from __future__ import annotations

import hashlib
import hmac
import secrets

_ROUNDS = 5_000


def hashed(password: str, salt: str = "") -> str:
    """A password as it may be kept: salt and hash; the salt is one of chance unless told."""
    salt = salt or secrets.token_hex(8)
    return f"{salt}:{_digest(password, salt)}"


def is_among(password: str, kept: list[str]) -> bool:
    """Whether a password is one of those kept."""
    return any(_matches(password, *one.split(":")) for one in kept)


def _matches(password: str, salt: str, digest: str) -> bool:
    return hmac.compare_digest(_digest(password, salt), digest)


def _digest(password: str, salt: str) -> str:
    return hashlib.pbkdf2_hmac("sha256", password.encode(), salt.encode(), _ROUNDS).hex()
