"""What a failure of the driver means for the caller: the errors of `dws.errors`."""

from __future__ import annotations

import re

import psycopg

from dws.errors import (
    DatabaseReadOnly,
    DatabaseRefused,
    DwsError,
    NoAnswer,
    NotSent,
    StatementTimedOut,
    UnsupportedLogin,
    WrongPassword,
)
from dws.sql.login import Login

_READ_ONLY = "25006"
_GIVEN_UP = "57014"
_BUSY = ("the database system is", "too many", "remaining connection slots", "CN is being")
"""What a coordinator says that starts, stops or is full: the same may do better later."""
_WRONG_PASSWORD = ("password authentication failed", "invalid username/password", "28p01")
"""PostgreSQL's words and GaussDB's, which says ``Invalid username/password,login denied``."""
_OTHER_SCHEME = (
    "sasl authentication mechanisms",
    "authentication method",
    "authentication request",
)
_SETS_PASSWORD = re.compile(r"\b(?:password|identified)\b", re.IGNORECASE)
_QUOTED = re.compile(r"""'(?:[^']|'')*(?:'|$)|"[^"]*(?:"|$)""")
_CURES = {
    "certificate verify failed": "set DWS_DATABASE_CA_BUNDLE to the certificate of the cluster",
    "does not match host name": "set DWS_DATABASE_CA_BUNDLE to the certificate of the cluster",
    "server does not support ssl": "switch SSL on in the security settings of the cluster",
    "timeout expired": "open the port for this machine in the security group of the cluster",
}


def of_login(login: Login, error: psycopg.Error) -> DwsError:
    """
    Why nobody was let in. libpq tells no code here, only words.

    Its messages name host and user, never the password.
    """
    told = _words(error)
    low = told.lower()
    what = f"login of {login.user} to {login}: {told}"
    if any(mark in low for mark in _WRONG_PASSWORD):
        return WrongPassword(f"{what}; set DWS_DATABASE_PASSWORD, or DWS_DATABASE_USER")
    if any(mark in low for mark in _OTHER_SCHEME):
        return UnsupportedLogin(
            f"{what}; set the parameter password_encryption_type of the cluster to 1, then set the "
            "user's password again: libpq speaks MD5 and SCRAM alone"
        )
    if "FATAL" in told and not any(mark.lower() in low for mark in _BUSY):
        return DatabaseRefused(what)
    cure = next((cure for mark, cure in _CURES.items() if mark in low), None)
    return NotSent(f"{what}; {cure}" if cure else what)


def of_statement(login: Login, statement: str, error: psycopg.Error) -> DwsError:
    """
    Why a statement gave nothing.

    Parameters are not told: they may be anybody's data. Nor is anything in quotes of a statement
    that sets a password.
    """
    told = (_short(statement), _words(error))
    if _SETS_PASSWORD.search(statement):
        told = (_short(_QUOTED.sub("'...'", statement)), _QUOTED.sub("'...'", told[1]))
    what = f"{login}: {': '.join(told)}"
    if error.sqlstate is None or error.sqlstate.startswith(("08", "57P")):
        return NoAnswer(what)
    kinds = {_READ_ONLY: DatabaseReadOnly, _GIVEN_UP: StatementTimedOut}
    return kinds.get(error.sqlstate, DatabaseRefused)(what, error.sqlstate)


def _words(error: psycopg.Error) -> str:
    # The detail of a broken constraint repeats the row: the first line alone is told.
    if error.diag.message_primary:
        return error.diag.message_primary
    return " ".join(str(error).split()) or type(error).__name__


def _short(statement: str) -> str:
    told = " ".join(statement.split())
    return told if len(told) <= 120 else f"{told[:117]}..."
