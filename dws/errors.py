"""
Every way a call can go wrong:

DwsError
├── RequestFailed       the service answered: no
│   ├── NotFound        the resource is not there, or no more
│   ├── AlreadyExists   another resource has that name; nothing was done
│   ├── Conflict        the resource is busy with something else; nothing was done
│   ├── Throttled       too many requests; nothing was done
│   ├── Unauthenticated the credentials were not accepted; nothing was done
│   └── ServerFault     the service failed; what was done is unknown
├── DatabaseRefused     a database answered: no; nothing of the statement was done
│   ├── WrongPassword   it does not accept this user with this password
│   ├── UnsupportedLogin it asks for the password in a way that no client of ours speaks
│   ├── DatabaseReadOnly it takes no changes now
│   └── StatementTimedOut the statement took too long, and was given up
├── Unreachable         the service, or a database, did not answer
│   ├── NotSent         the request never arrived; nothing was done
│   └── NoAnswer        the answer got lost; what was done is unknown
├── WaitFailed          what was waited for will never come
└── WaitTimedOut        it has not come yet; it still may

`BadSetting` is apart: it is the caller's mistake, told before anything is sent.
"""

from __future__ import annotations


class DwsError(Exception):
    """Base of every error that a call or a wait ends in."""


class RequestFailed(DwsError):
    """
    The service refused or failed a request.

    Attributes:
        operation: Name of the operation, e.g. ``RestartCluster``.
        status: HTTP status code.
        code: Error code of the service, e.g. ``DWS.3027``; empty if it sent none.
        message: The service's own words.
        request_id: What its support asks for; empty if it sent none.
        retry_after_s: How long the service asks to be left alone; None if it does not say.
    """

    def __init__(  # noqa: PLR0913, PLR0917 - pickle hands them over by position
        self,
        operation: str,
        status: int,
        code: str,
        message: str,
        request_id: str = "",
        retry_after_s: float | None = None,
    ) -> None:
        # Everything goes into args: Prefect pickles errors.
        super().__init__(operation, status, code, message, request_id, retry_after_s)
        self.operation = operation
        self.status = status
        self.code = code
        self.message = message
        self.request_id = request_id
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        told = " ".join(filter(None, [str(self.status), self.code, self.message]))
        return f"{self.operation}: {told} (request {self.request_id or 'unknown'})"


class NotFound(RequestFailed):
    """The resource is not there, or no more."""


class AlreadyExists(RequestFailed):
    """Another resource has that name; nothing was done."""


class Conflict(RequestFailed):
    """The resource is busy with something else; nothing was done."""


class Throttled(RequestFailed):
    """Too many requests; nothing was done."""


class Unauthenticated(RequestFailed):
    """The credentials were not accepted; nothing was done."""


class ServerFault(RequestFailed):
    """The service failed; what was done is unknown."""


class DatabaseRefused(DwsError):
    """
    A database refused a login or a statement; nothing of it was done.

    Attributes:
        told: Which database, what was asked, and the database's own words.
        sqlstate: Its five-letter code, e.g. ``42P01``; empty where it told none, as at login.
    """

    def __init__(self, told: str, sqlstate: str = "") -> None:
        super().__init__(told, sqlstate)
        self.told = told
        self.sqlstate = sqlstate

    def __str__(self) -> str:
        return self.told


class WrongPassword(DatabaseRefused):
    """The database does not accept this user with this password."""


class UnsupportedLogin(DatabaseRefused):
    """The database asks for the password in a way that libpq does not speak; it may be right."""


class DatabaseReadOnly(DatabaseRefused):
    """The database takes no changes now: its disks are full, or it is a standby."""


class StatementTimedOut(DatabaseRefused):
    """The statement took too long, and was given up."""


class Unreachable(DwsError):
    """The service, or a database, did not answer."""


class NotSent(Unreachable):
    """The request never arrived; nothing was done."""


class NoAnswer(Unreachable):
    """The answer got lost; what was done is unknown."""


class WaitFailed(DwsError):
    """What was waited for will never come."""


class WaitTimedOut(DwsError):
    """What was waited for has not come yet; it still may."""


class BadSetting(ValueError):
    """
    Settings that cannot work.

    Attributes:
        problems: One line each: the setting, what is wrong with it, and the cure.
    """

    def __init__(self, problems: list[str]) -> None:
        super().__init__(problems)
        self.problems = problems

    def __str__(self) -> str:
        return "; ".join(self.problems)
