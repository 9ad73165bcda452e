"""Who calls, and whether they may: what the gateway checks before the service sees a request."""

from __future__ import annotations

from dws.emulator import signatures
from dws.emulator.call import Call
from dws.emulator.records import Token
from dws.emulator.refused import Refused
from dws.emulator.spec import User
from dws.emulator.world import World


def is_signed(call: Call) -> bool:
    """Whether a request is signed with AK/SK, rather than bearing a token."""
    return (call.header(b"authorization") or "").startswith(signatures.ALGORITHM)


def token_of(world: World, call: Call) -> Token | None:
    """The token that a request bears; None if it bears none, or one that is not ours."""
    return world.tokens.get(call.header(b"x-auth-token") or "")


def user_of(world: World, call: Call) -> str:
    """
    The name of the user who calls.

    Raises:
        Refused: The gateway cannot tell.
    """
    return _signer(world, call).name if is_signed(call) else _bearer(world, call).user


def admit(world: World, call: Call, project_id: str) -> str:
    """
    The name of the user who calls for a project.

    Raises:
        Refused: The gateway cannot tell, or they are not there for this project. That a foreign
            project is told with APIGW.0302 is assumed.
    """
    if is_signed(call):
        name, scope = _signer(world, call).name, call.header(b"x-project-id") or project_id
    else:
        token = _bearer(world, call)
        name, scope = token.user, token.project_id or ""
    if scope != project_id or not any(p.id == project_id for p in world.spec.projects):
        raise Refused(403, "APIGW.0302", "The user is not authorized for this project.")
    return name


def _bearer(world: World, call: Call) -> Token:
    if call.header(b"x-auth-token") is None:
        raise Refused(401, "APIGW.0301", "Incorrect IAM authentication information: no token")
    token = token_of(world, call)
    if token is None:
        message = "Incorrect IAM authentication information: decrypt token fail"
        raise Refused(401, "APIGW.0301", message)
    if token.expires <= world.clock.wall():
        raise Refused(401, "APIGW.0307", "The token must be updated")
    return token


def _signer(world: World, call: Call) -> User:
    try:
        signed = signatures.read(call.header(b"authorization") or "")
        user = _owner(world, signed.access_key, call)
        signatures.verify(call, signed, user.secret_key, world.clock.wall())
    except signatures.BadSignature as error:
        raise Refused(401, "APIGW.0301", str(error)) from None
    return user


def _owner(world: World, access_key: str, call: Call) -> User:
    user = next((u for u in world.spec.users if u.access_key == access_key), None)
    if user is None:
        raise signatures.BadSignature(f"Get secretKey failed, ak:{access_key}")
    if user.security_token and call.header(b"x-security-token") != user.security_token:
        raise signatures.BadSignature("The security token is missing or wrong")
    return user
