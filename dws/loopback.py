"""Whether an address leads to this machine and nowhere else: there alone nothing is encrypted."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit


def is_loopback_host(host: str) -> bool:
    """Whether a host, by name or number, is this machine."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host.lower() == "localhost"


def is_loopback(address: str) -> bool:
    """Whether a URL leads to this machine."""
    try:
        host = urlsplit(address).hostname or ""
    except ValueError:
        return False
    return is_loopback_host(host)
