"""Whether the settings of the account ``default`` can work, without a request."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from dws.errors import BadSetting
from dws.settings import CLOCK_SPEED, Account
from runbooks.doctor.finding import Finding, bad, ok, warn

CHECK = "settings"


def account_in(environment: Mapping[str, str]) -> tuple[Account | None, list[Finding]]:
    """The account that the settings tell, if they can work, and what is to be said of them."""
    try:
        account = Account.from_environment(environment)
    except BadSetting as error:
        return None, [_problem(problem) for problem in error.problems]
    return account, [ok(CHECK, _summary(account)), *_doubts(account)]


def address_in(environment: Mapping[str, str], findings: list[Finding]) -> Account | None:
    """Where the service is, if that much of the settings that cannot work can be relied on."""
    names = {f"DWS_{field.upper()}": field for field in ("endpoint", "iam_endpoint", "ca_bundle")}
    if any(name in finding.told for finding in findings for name in names):
        return None
    told = {field: environment.get(name, "").strip() for name, field in names.items()}
    return Account.model_validate(told)


def _problem(problem: str) -> Finding:
    told, _, cure = problem.partition(": ")
    if "set it" in cure or not cure:
        return bad(CHECK, told, cure or "correct it")
    return bad(CHECK, f"{told}: {cure}", "correct it, or unset it")


def _summary(account: Account) -> str:
    who = "an access key" if account.access_key else f"user {account.username}"
    return f"{account.endpoint} as {who}, project {account.project_id or account.project_name}"


def _doubts(account: Account) -> Iterator[Finding]:
    if account.access_key and account.password.get_secret_value():
        yield warn(
            CHECK,
            "an access key and a password are set; the key is used",
            "unset DWS_PASSWORD, or DWS_ACCESS_KEY and DWS_SECRET_KEY",
        )
    if account.project_id and account.project_name:
        yield warn(
            CHECK,
            "the project is told by id and by name; the id is used",
            "unset DWS_PROJECT_NAME",
        )
    if account.clock_speed != 1.0:
        yield warn(
            CHECK,
            f"{CLOCK_SPEED}={account.clock_speed:g}: waits end that much sooner than by the wall",
            "fine with an emulator of that speed; else unset it",
        )
