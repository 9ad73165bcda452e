"""
Measures requests per second: ``python -m tests.emulator.load [CLUSTERS] [SECONDS]``.

The emulator runs in a process of its own; this one sends ListClusterDetails over 16 kept
connections, each with a token, one cluster after the other, and counts whole answers.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import httpx

from dws.emulator.spec import PROJECT_ID
from tests.emulator.service import token_body

CONNECTIONS = 16


async def _ask(host: str, port: int, requests: list[bytes], until: float) -> int:
    reader, writer = await asyncio.open_connection(host, port)
    count = 0
    while time.monotonic() < until:
        writer.write(requests[count % len(requests)])
        head = await reader.readuntil(b"\r\n\r\n")
        assert head.startswith(b"HTTP/1.1 200"), head
        length = int(head.lower().split(b"content-length: ")[1].split(b"\r\n")[0])
        await reader.readexactly(length)
        count += 1
    writer.close()
    return count


def measure(clusters: int, seconds: float) -> float:
    """Requests per second."""
    with tempfile.TemporaryDirectory() as folder:
        world = Path(folder) / "world.yaml"
        world.write_text(f"clusters:\n- name: dws-{{n}}\n  count: {clusters}\n")
        command = [sys.executable, "-m", "dws.emulator", "--world", str(world)]
        process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert process.stdout is not None
            url = httpx.URL(process.stdout.readline().split()[1])
            return _load(url, seconds)
        finally:
            process.terminate()
            process.wait()


def _load(url: httpx.URL, seconds: float) -> float:
    answered = httpx.post(url.join("/v3/auth/tokens"), json=token_body())
    token = answered.headers["x-subject-token"]
    listed = httpx.get(
        url.join(f"/v1.0/{PROJECT_ID}/clusters"), headers={"X-Auth-Token": token}, timeout=60
    )
    requests = [
        f"GET /v1.0/{PROJECT_ID}/clusters/{cluster['id']} HTTP/1.1\r\nhost: {url.host}\r\n"
        f"x-auth-token: {token}\r\ncontent-type: application/json\r\n\r\n".encode()
        for cluster in listed.json()["clusters"]
    ]
    began = time.monotonic()

    async def all_of_them() -> int:
        until = time.monotonic() + seconds
        port = url.port or 80
        asked = (_ask(url.host, port, requests[n::CONNECTIONS], until) for n in range(CONNECTIONS))
        return sum(await asyncio.gather(*asked))

    count = asyncio.run(all_of_them())
    return count / (time.monotonic() - began)


if __name__ == "__main__":
    many = int(sys.argv[1]) if len(sys.argv) > 1 else 3000
    per_second = measure(many, float(sys.argv[2]) if len(sys.argv) > 2 else 5.0)
    sys.stdout.write(f"{per_second:.0f} requests/s with {many} clusters\n")
