"""What is secret is said to the service and to nobody else."""

from __future__ import annotations

import logging
import pickle
import traceback

import httpx
import pytest
from pydantic import SecretStr, ValidationError

from dws import errors
from dws.client import Client
from dws.errors import BadSetting, DwsError, RequestFailed
from dws.identity import Password, Project
from dws.operations.clusters import CreateCluster, ListClusters, ResetPassword
from dws.settings import Account
from tests.cloud import Cloud
from tests.dws.instant_clock import InstantClock
from tests.dws.script import PROJECT, Script, client_on, refused, told

PASSWORD = "Very-Secret-0815"
SECRETS = ("Passw0rd", PASSWORD, "sk-of-test")


def subclasses(cls: type[BaseException]) -> set[type[BaseException]]:
    return {cls}.union(*(subclasses(sub) for sub in cls.__subclasses__()))


OURS = sorted(
    (cls for cls in subclasses(DwsError) if cls.__module__ == errors.__name__),
    key=lambda cls: cls.__name__,
)


@pytest.mark.parametrize("cls", OURS)
def test_every_error_survives_pickle(cls: type[DwsError]) -> None:
    whole = ("RestartCluster", 403, "DWS.7023", "busy", "r1", 3.5)
    error = cls(*whole) if issubclass(cls, RequestFailed) else cls("what went wrong")

    again = pickle.loads(pickle.dumps(error))

    assert type(again) is cls
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_bad_settings_survive_pickle() -> None:
    again = pickle.loads(pickle.dumps(BadSetting(["one", "two"])))

    assert again.problems == ["one", "two"]
    assert str(again) == "one; two"


@pytest.mark.parametrize(
    "operation",
    [
        lambda: ResetPassword(cluster_id="c1", new_password=SecretStr(PASSWORD)),
        lambda: ResetPassword.model_validate({"cluster_id": "c1", "new_password": PASSWORD}),
    ],
)
def test_an_operation_shows_no_secret_in_any_printed_form(operation) -> None:
    made = operation()

    forms = [repr(made), str(made), made.model_dump_json(), repr(made.model_dump()), f"{made}"]

    assert all(PASSWORD not in form for form in forms)


@pytest.mark.parametrize("password", ["short-secret", "NoDigitsNoSpecials" * 3, "x" * 40])
def test_a_refused_password_is_not_in_the_error(password: str) -> None:
    with pytest.raises(ValidationError) as caught:
        ResetPassword(cluster_id="c1", new_password=SecretStr(password))
    with pytest.raises(ValidationError) as nested:
        CreateCluster.model_validate({"cluster": {"name": "x", "user_pwd": password}})

    told = "".join(traceback.format_exception(caught.value)) + str(nested.value)
    assert password not in told.replace(traceback.format_exc(), "")


async def test_a_password_that_holds_the_users_name_is_refused_without_telling_it() -> None:
    body = {
        "name": "dws-1",
        "node_type": "n",
        "number_of_node": 3,
        "vpc_id": "v",
        "subnet_id": "s",
        "user_name": "dbadmin",
        "user_pwd": "Xx1!nimdabd-secret",
    }

    with pytest.raises(ValidationError, match="nor the name backwards") as caught:
        CreateCluster.model_validate({"cluster": body})

    assert "Xx1!nimdabd-secret" not in str(caught.value)


class Overheard(httpx.AsyncHTTPTransport):
    """The network; keeps the last token that was sent."""

    token = ""

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        self.token = request.headers.get("X-Auth-Token", "")
        return await super().handle_async_request(request)


async def test_no_log_line_holds_a_password_or_a_token(
    cloud: Cloud, caplog: pytest.LogCaptureFixture
) -> None:
    user = Password(
        cloud.url,
        user="testname",
        domain="testname",
        password=SecretStr("Passw0rd"),
        project=Project(name="eu-de"),
    )
    network = Overheard()

    async with Client(cloud.url, user, transport=network) as client:
        with caplog.at_level(logging.DEBUG):
            await client.call(ListClusters())

    token = network.token
    assert len(token) > 20
    assert caplog.text
    assert token not in caplog.text
    assert all(secret not in caplog.text for secret in SECRETS)


@pytest.mark.parametrize(
    "answer",
    [
        refused(401, "IAM.0011"),
        told(500),
        told(201, {"token": None}),
        told(201, {"token": {"expires_at": "soon"}}, x_subject_token="t0ken-of-test"),
        httpx.ConnectError("refused"),
    ],
    ids=["refused", "fault", "no-token", "odd-token", "down"],
)
async def test_an_error_of_the_login_holds_no_secret(instant: InstantClock, answer) -> None:
    user = Password(
        "https://iam.example",
        user="u",
        domain="d",
        password=SecretStr(PASSWORD),
        project=Project(id=PROJECT),
    )

    async with Client("https://dws.example", user, transport=Script(answer)) as client:
        with pytest.raises(DwsError) as caught:
            await client.call(ListClusters())

    forms = [str(caught.value), repr(caught.value), repr(pickle.dumps(caught.value))]
    assert all(PASSWORD not in form and "t0ken" not in form for form in forms)


async def test_an_error_of_a_signed_call_holds_neither_key_nor_signature(
    instant: InstantClock,
) -> None:
    script = Script(refused(401, "APIGW.0301"))

    async with client_on(script) as client:
        with pytest.raises(DwsError) as caught:
            await client.call(ResetPassword(cluster_id="c1", new_password=SecretStr(PASSWORD)))

    told_of = repr(caught.value) + repr(pickle.dumps(caught.value))
    assert "sk-of-test" not in told_of
    assert script.sent[0].headers["Authorization"] not in told_of
    assert PASSWORD not in told_of


def test_an_account_prints_no_secret() -> None:
    account = Account(
        endpoint="https://dws.example",
        password=SecretStr("p-1"),
        secret_key=SecretStr("s-1"),
        security_token=SecretStr("t-1"),
    )

    forms = repr(account) + str(account) + account.model_dump_json() + repr(account.model_dump())

    assert not any(secret in forms for secret in ("p-1", "s-1", "t-1"))
