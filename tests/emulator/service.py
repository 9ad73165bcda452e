"""A caller of the emulated service, as plain as can be: none of our own client is in it."""

from __future__ import annotations

from typing import Any

import httpx

from dws.emulator.spec import PROJECT_ID

PASSWORD = "Str0ng!Passw0rd"


def token_body(
    *, name: str = "testname", password: str = "Passw0rd", project: dict[str, Any] | None = None
) -> dict[str, Any]:
    user = {"name": name, "password": password, "domain": {"name": "testname"}}
    return {
        "auth": {
            "identity": {"methods": ["password"], "password": {"user": user}},
            "scope": {"project": project or {"name": "eu-de"}},
        }
    }


def new_cluster(name: str = "dws-new", **told: Any) -> dict[str, Any]:
    return {
        "cluster": {
            "name": name,
            "node_type": "dws.d2.xlarge",
            "number_of_node": 3,
            "vpc_id": "vpc-1",
            "subnet_id": "subnet-1",
            "security_group_id": "group-1",
            "user_name": "dbadmin",
            "user_pwd": PASSWORD,
            **told,
        }
    }


class Service:
    """Sends requests to an emulator, and turns its clock."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = httpx.Client(base_url=url, timeout=10)
        self.login()

    def login(self) -> str:
        answered = self.http.post("/v3/auth/tokens", json=token_body())
        token: str = answered.headers["x-subject-token"]
        self.http.headers["X-Auth-Token"] = token
        return token

    def send(self, method: str, path: str, body: Any = None, **more: Any) -> httpx.Response:
        """Send to a path below the project, e.g. ``v1.0/clusters``."""
        version, _, rest = path.partition("/")
        url = f"/{version}/{PROJECT_ID}/{rest}"
        return self.http.request(method, url, json=body, **more)

    def get(self, path: str, **query: Any) -> Any:
        answered = self.send("GET", path, params=query or None)
        assert answered.status_code == 200, answered.text
        return answered.json()

    def post(self, path: str, body: Any = None, status: int = 200) -> Any:
        answered = self.send("POST", path, body)
        assert answered.status_code == status, answered.text
        return answered.json()

    def delete_cluster(self, cluster_id: str, keep: int = 0) -> httpx.Response:
        body = {"keep_last_manual_snapshot": keep}
        return self.send("DELETE", f"v1.0/clusters/{cluster_id}", body)

    def cluster(self, cluster_id: str) -> Any:
        return self.get(f"v1.0/clusters/{cluster_id}")["cluster"]

    def snapshot(self, snapshot_id: str) -> Any:
        return self.get(f"v1.0/snapshots/{snapshot_id}")["snapshot"]

    def id_of(self, name: str) -> str:
        clusters = self.get("v1.0/clusters")["clusters"]
        return next(str(cluster["id"]) for cluster in clusters if cluster["name"] == name)

    def snapshot_names(self) -> set[str]:
        return {snapshot["name"] for snapshot in self.get("v1.0/snapshots")["snapshots"]}

    def take(self, cluster_id: str, name: str, *, wait: bool = True) -> str:
        told = {"snapshot": {"name": name, "cluster_id": cluster_id}}
        snapshot_id = str(self.post("v1.0/snapshots", told)["snapshot"]["id"])
        if wait:
            self.advance(620)
        return snapshot_id

    def advance(self, seconds: float) -> str:
        answered = self.control("POST", "clock", {"advance_s": seconds})
        return str(answered.json()["now"])

    def fault(self, kind: str, operation: str | None = None, **told: Any) -> httpx.Response:
        return self.control("POST", "faults", {"operation": operation, "kind": kind, **told})

    def control(self, method: str, what: str, body: Any = None) -> httpx.Response:
        answered = self.http.request(method, f"/_emulator/{what}", json=body)
        assert answered.status_code < 300, answered.text
        return answered

    def requests(self) -> list[dict[str, Any]]:
        told: list[dict[str, Any]] = self.control("GET", "requests").json()["requests"]
        return told

    def state(self) -> dict[str, Any]:
        told: dict[str, Any] = self.control("GET", "state").json()
        return told


def refused(answered: httpx.Response) -> tuple[int, str]:
    """Status and code of a refusal, which always comes with a message."""
    told = answered.json()
    assert told["error_msg"]
    return answered.status_code, told["error_code"]


BUSY = (403, "DWS.7023")
