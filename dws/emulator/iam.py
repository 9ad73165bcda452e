"""The identity service: tokens for passwords, and projects by name."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qs

import orjson

from dws.emulator import gate
from dws.emulator.call import Answer, Call, answer
from dws.emulator.faults import CREATE_TOKEN
from dws.emulator.records import Token
from dws.emulator.spec import Project, User
from dws.emulator.world import World, id_from

ROUTES = {
    ("POST", "/v3/auth/tokens"): CREATE_TOKEN,
    ("GET", "/v3/projects"): "ListProjects",
    ("GET", "/v3"): "ShowVersion",
    ("GET", "/v3/"): "ShowVersion",
}
"""What faults may name; in the log of requests they are no operations."""


def serve(world: World, call: Call, name: str) -> Answer:
    """
    Answer a call of the identity service.

    Raises:
        Refused: By the gateway.
    """
    try:
        if name == CREATE_TOKEN:
            return _create_token(world, call)
        if name == "ListProjects":
            return _list_projects(world, call)
    except _KeystoneRefused as refused:
        return _keystone(refused)
    # Never 401: the OpenStack client would wait for ever (facts/real_clients 18).
    return answer(200, {"version": _version(call)})


class _KeystoneRefused(Exception):
    def __init__(self, status: int, title: str, message: str) -> None:
        super().__init__(status, title, message)
        self.status, self.title, self.message = status, title, message


def _keystone(refused: _KeystoneRefused) -> Answer:
    # Keystone's shape is assumed (facts/service_and_peers G); the flat pair is for clients that
    # know no other.
    nested = {"code": refused.status, "message": refused.message, "title": refused.title}
    code = f"IAM.{refused.status:04d}"
    return answer(
        refused.status, {"error": nested, "error_code": code, "error_msg": refused.message}
    )


def _create_token(world: World, call: Call) -> Answer:
    auth = _object(_json(call.body), "auth")
    user = _user(world, _object(auth, "identity"))
    project = _scope(world, auth.get("scope"))
    now = world.clock.wall()
    expires = now + world.spec.profile.token_life.total_seconds()
    token = Token(secrets.token_hex(32), user.name, project.id if project else None, expires)
    world.add(token)
    told = _told(call, user, project, now, expires)
    return answer(201, {"token": told}, [(b"x-subject-token", token.id.encode())])


def _user(world: World, identity: Mapping[str, Any]) -> User:
    if "password" not in (identity.get("methods") or []):
        raise _malformed("auth.identity.methods")
    told = _object(_object(identity, "password"), "user")
    domain = told.get("domain")
    domain_name = domain.get("name") if isinstance(domain, dict) else None
    for user in world.spec.users:
        is_named = user.name == told.get("name") or id_from(f"user:{user.name}") == told.get("id")
        is_there = domain_name in {None, user.domain}
        if is_named and is_there and told.get("password") == user.password:
            return user
    raise _KeystoneRefused(401, "Unauthorized", "The username or password is wrong.")


def _scope(world: World, scope: Any) -> Project | None:
    told = scope.get("project") if isinstance(scope, dict) else None
    if not isinstance(told, dict):
        return None
    for project in world.spec.projects:
        if (told.get("id") or project.id) != project.id:
            continue
        if (told.get("name") or project.name) == project.name:
            return project
    wanted = told.get("id") or told.get("name")
    raise _KeystoneRefused(401, "Unauthorized", f"Could not find project: {wanted}.")


def _list_projects(world: World, call: Call) -> Answer:
    name = gate.user_of(world, call)
    wanted = parse_qs(call.query.decode("latin-1")).get("name", [])
    user = next(u for u in world.spec.users if u.name == name)
    found = [
        {
            "id": project.id,
            "name": project.name,
            "domain_id": _domain(user)["id"],
            "enabled": True,
            "is_domain": False,
            "parent_id": _domain(user)["id"],
            "description": "",
            "links": {"self": f"{_base(call)}/v3/projects/{project.id}"},
        }
        for project in world.spec.projects
        if not wanted or project.name in wanted
    ]
    links = {"self": f"{_base(call)}/v3/projects", "next": None, "previous": None}
    return answer(200, {"projects": found, "links": links})


def _told(
    call: Call, user: User, project: Project | None, now: float, expires: float
) -> dict[str, Any]:
    told: dict[str, Any] = {
        "methods": ["password"],
        "issued_at": _moment(now),
        "expires_at": _moment(expires),
        "user": {"id": id_from(f"user:{user.name}"), "name": user.name, "domain": _domain(user)},
    }
    if project:
        told["project"] = {"id": project.id, "name": project.name, "domain": _domain(user)}
        told["roles"] = [{"id": "0", "name": "dws_adm"}]
        told["catalog"] = _catalog(call, project)
    return told


def _catalog(call: Call, project: Project) -> list[dict[str, Any]]:
    # `dwsv1` is what the OpenStack client looks for (facts/real_clients 20).
    return [
        _service(project, "dwsv1", f"{_base(call)}/v1.0/{project.id}"),
        _service(project, "identity", f"{_base(call)}/v3"),
    ]


def _service(project: Project, kind: str, url: str) -> dict[str, Any]:
    endpoint = {
        "id": id_from(f"endpoint:{kind}").replace("-", ""),
        "interface": "public",
        "region": project.name,
        "region_id": project.name,
        "url": url,
    }
    service_id = id_from(f"service:{kind}").replace("-", "")
    return {"type": kind, "name": kind, "id": service_id, "endpoints": [endpoint]}


def _version(call: Call) -> dict[str, Any]:
    return {
        "id": "v3.6",
        "status": "stable",
        "updated": "2016-04-04T00:00:00Z",
        "links": [{"rel": "self", "href": f"{_base(call)}/v3/"}],
        "media-types": [
            {"base": "application/json", "type": "application/vnd.openstack.identity-v3+json"}
        ],
    }


def _domain(user: User) -> dict[str, str]:
    return {"id": id_from(f"domain:{user.domain}").replace("-", ""), "name": user.domain}


def _base(call: Call) -> str:
    return f"http://{call.header(b'host') or '127.0.0.1'}"


def _moment(wall: float) -> str:
    return datetime.fromtimestamp(wall, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _json(body: bytes) -> Any:
    try:
        return orjson.loads(body)
    except ValueError:
        raise _malformed("the body") from None


def _object(told: Any, name: str) -> dict[str, Any]:
    found = told.get(name) if isinstance(told, dict) else None
    if not isinstance(found, dict):
        raise _malformed(name)
    return found


def _malformed(what: str) -> _KeystoneRefused:
    return _KeystoneRefused(400, "Bad Request", f"The request is malformed: {what}.")
