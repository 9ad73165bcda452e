"""Passwords as PostgreSQL stores them, so that no server is ever told one."""

from __future__ import annotations

import base64
import hashlib
import hmac
import secrets
from functools import lru_cache

_ROUNDS = 4096


@lru_cache(maxsize=1)
def verifier(password: str) -> str:
    """
    The SCRAM-SHA-256 verifier of a password (RFC 5803).

    The last one is remembered: thousands of clusters of a world may have the same.
    """
    salt = secrets.token_bytes(16)
    salted = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, _ROUNDS)
    stored = hashlib.sha256(_keyed(salted, b"Client Key")).digest()
    server = _keyed(salted, b"Server Key")
    return f"SCRAM-SHA-256${_ROUNDS}:{_text(salt)}${_text(stored)}:{_text(server)}"


def _keyed(key: bytes, message: bytes) -> bytes:
    return hmac.digest(key, message, "sha256")


def _text(content: bytes) -> str:
    return base64.b64encode(content).decode()
