"""What an emulator says has become of its world."""

from __future__ import annotations

import json
import urllib.request
from collections import Counter
from collections.abc import Iterator
from typing import Any


def outcome(url: str) -> Iterator[str]:
    """What is there, what is gone, and how many requests that took; lines for people."""
    state = _told(url, "state")
    for kind, word in (("clusters", "cluster"), ("snapshots", "snapshot")):
        for item in state[kind]:
            yield f"  {word} {item['name']} ({_kind(item)}): {_fate(item)}"
    requests = _told(url, "requests")["requests"]
    counted = Counter(sent["operation"] or f"{sent['method']} {sent['path']}" for sent in requests)
    told = ", ".join(f"{count} {name}" for name, count in counted.most_common())
    yield f"  {len(requests)} requests: {told}"


def _kind(item: dict[str, Any]) -> str:
    return str(item.get("type", item["status"])).lower()


def _fate(item: dict[str, Any]) -> str:
    return "gone" if item["deleted"] else "there"


def _told(url: str, what: str) -> Any:
    # Past all proxies: the emulator is on this machine.
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    with opener.open(f"{url}/_emulator/{what}", timeout=10) as answer:
        return json.loads(answer.read())
