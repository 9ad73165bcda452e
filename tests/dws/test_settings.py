"""Settings of an account: what is wrong with them is told at once, and no secret with it."""

from __future__ import annotations

import pickle
from pathlib import Path

import pytest

from dws import clock
from dws.errors import BadSetting
from dws.loopback import is_loopback
from dws.operations.clusters import ListClusters
from dws.settings import Account
from tests.cloud import Cloud

GOOD = {
    "DWS_ENDPOINT": "https://dws.eu-de.otc.t-systems.com",
    "DWS_PROJECT_NAME": "eu-de",
    "DWS_USERNAME": "someone",
    "DWS_DOMAIN": "OTC-1",
    "DWS_PASSWORD": "hidden-password",
}


def settings(**changes: str | None) -> Account:
    told = {**GOOD, **{f"DWS_{name.upper()}": value for name, value in changes.items()}}
    return Account.from_environment(
        {name: value for name, value in told.items() if value is not None}
    )


def problems(environment: dict[str, str]) -> list[str]:
    with pytest.raises(BadSetting) as caught:
        Account.from_environment(environment)
    return caught.value.problems


def test_settings_that_can_work_are_taken() -> None:
    made = settings()

    assert made.endpoint == GOOD["DWS_ENDPOINT"]
    assert made.password.get_secret_value() == "hidden-password"
    assert made.clock_speed == 1.0


def test_nothing_set_tells_all_that_is_missing() -> None:
    told = problems({})

    assert [line.split()[0] for line in told] == ["DWS_ENDPOINT", "DWS_PROJECT_ID", "DWS_USERNAME"]
    assert all("set it" in line for line in told)


def test_every_mistake_is_told_at_once_with_name_value_and_cure(tmp_path: Path) -> None:
    told = problems(
        {
            "DWS_ENDPOINT": "http://dws.example",
            "DWS_IAM_ENDPOINT": "iam.example",
            "DWS_ACCESS_KEY": "ak",
            "DWS_CA_BUNDLE": str(tmp_path / "missing.pem"),
            "RUNBOOK_CLOCK_SPEED": "60",
        }
    )

    assert [line.split("=")[0].split()[0] for line in told] == [
        "DWS_ENDPOINT",
        "DWS_IAM_ENDPOINT",
        "DWS_PROJECT_ID",
        "DWS_SECRET_KEY",
        "DWS_CA_BUNDLE",
        "RUNBOOK_CLOCK_SPEED",
    ]
    assert "'http://dws.example': use https" in told[0]
    assert "missing.pem" in told[4]


@pytest.mark.parametrize("speed", ["fast", "nan", "0", "-1", "inf", "1e9"])
def test_a_speed_that_is_none_is_told_beside_the_others(speed: str) -> None:
    told = problems({"RUNBOOK_CLOCK_SPEED": speed})

    assert any(line.startswith("DWS_ENDPOINT") for line in told)
    assert any(line.startswith("RUNBOOK_CLOCK_SPEED=") for line in told)


@pytest.mark.parametrize(
    ("endpoint", "fits"),
    [
        ("http://127.0.0.1:8080", True),
        ("http://localhost:8080", True),
        ("http://[::1]:8080", True),
        ("http://127.8.9.10", True),
        ("https://dws.example", True),
        ("http://dws.example", False),
        ("http://127.0.0.1.example", False),
        ("http://localhost.example", False),
        ("http://10.0.0.1", False),
        ("http://0.0.0.0", False),
        ("ftp://127.0.0.1", False),
        ("dws.example", False),
        ("https://", False),
        ("https://[::1", False),
        ("https://dws.example:port", False),
        ("https://dws.example:99999", False),
    ],
)
def test_http_is_for_this_machine_only(endpoint: str, fits: bool) -> None:
    environment = {**GOOD, "DWS_ENDPOINT": endpoint}

    if fits:
        assert Account.from_environment(environment).endpoint == endpoint
    else:
        assert len(problems(environment)) == 1


@pytest.mark.parametrize("address", ["http://dws.example", "ftp://x"])
def test_the_identity_service_is_held_to_the_same(address: str) -> None:
    assert problems({**GOOD, "DWS_IAM_ENDPOINT": address})[0].startswith("DWS_IAM_ENDPOINT=")


@pytest.mark.parametrize(
    "endpoint",
    [
        "https://me:hidden-too@dws.example",
        "http://me:hidden-too@127.0.0.1",
        "ftp://me:hidden-too@dws.example",
        "me:hidden-too@dws.example",
    ],
)
def test_a_password_in_an_address_is_refused_and_not_repeated(endpoint: str) -> None:
    told = problems({**GOOD, "DWS_ENDPOINT": endpoint})

    assert told == ["DWS_ENDPOINT: leave user and password out of the address"]


@pytest.mark.parametrize(
    ("endpoint", "fits"), [("http://127.0.0.1:1", True), ("https://dws.example", False)]
)
def test_only_an_emulators_clock_runs_faster(endpoint: str, fits: bool) -> None:
    environment = {**GOOD, "DWS_ENDPOINT": endpoint, "RUNBOOK_CLOCK_SPEED": "600"}

    if fits:
        assert Account.from_environment(environment).clock_speed == 600.0
    else:
        assert "unset it" in problems(environment)[0]


async def test_a_client_of_a_fast_account_runs_the_clock_as_fast() -> None:
    environment = {**GOOD, "DWS_ENDPOINT": "http://127.0.0.1:1", "RUNBOOK_CLOCK_SPEED": "1000"}
    before = clock.use(clock.ScaledClock())

    try:
        async with Account.from_environment(environment).client():
            used = clock.use(before)
    finally:
        clock.use(before)

    assert isinstance(used, clock.ScaledClock)
    assert used.speed == 1000.0


@pytest.mark.parametrize(
    ("endpoint", "iam_endpoint", "iam"),
    [
        ("https://dws.eu-de.otc.t-systems.com", "", "https://iam.eu-de.otc.t-systems.com"),
        ("https://dws.eu-de.otc.t-systems.com:443/", "", "https://iam.eu-de.otc.t-systems.com:443"),
        ("http://127.0.0.1:8080", "", "http://127.0.0.1:8080"),
        ("https://dws.example", "https://iam.other/v3", "https://iam.other"),
        ("https://dws.example", "https://iam.other/", "https://iam.other"),
        ("https://my-dws.example", "", "https://my-dws.example"),
        ("https://api.dws.example", "", "https://api.dws.example"),
    ],
)
def test_the_identity_service_is_beside_the_service(
    endpoint: str, iam_endpoint: str, iam: str
) -> None:
    """A password is sent there: no host is guessed but the documented one."""
    assert settings(endpoint=endpoint, iam_endpoint=iam_endpoint).iam == iam


@pytest.mark.parametrize(
    ("changes", "missing"),
    [
        ({"username": None}, "DWS_USERNAME"),
        ({"password": None}, "DWS_PASSWORD"),
        ({"username": None, "password": None, "access_key": "ak"}, "DWS_SECRET_KEY"),
        ({"access_key": "ak"}, "DWS_SECRET_KEY"),
        ({"project_name": None}, "DWS_PROJECT_ID"),
        ({"endpoint": "  "}, "DWS_ENDPOINT"),
    ],
)
def test_what_is_missing_is_told(changes: dict[str, str | None], missing: str) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(**changes)

    assert [line.split()[0] for line in caught.value.problems] == [missing]


@pytest.mark.parametrize(
    ("changes", "tokens"),
    [
        ({}, 1),
        ({"DWS_ACCESS_KEY": "emulator-ak", "DWS_SECRET_KEY": "emulator-sk"}, 0),
        (
            {
                "DWS_ACCESS_KEY": "emulator-ak",
                "DWS_SECRET_KEY": "emulator-sk",
                "DWS_PASSWORD": "wrong",
            },
            0,
        ),
    ],
)
async def test_keys_win_over_a_password(
    cloud: Cloud,
    account: str,
    monkeypatch: pytest.MonkeyPatch,
    changes: dict[str, str],
    tokens: int,
) -> None:
    for name, value in changes.items():
        monkeypatch.setenv(name, value)

    async with Account.from_environment().client() as client:
        reply = await client.call(ListClusters())

    assert len(reply.clusters) == 1
    assert [sent["path"] for sent in cloud.requests()].count("/v3/auth/tokens") == tokens


async def test_an_id_wins_over_a_name() -> None:
    async with settings(project_id="p-1").client() as client:
        assert await client.project_id() == "p-1"


def test_a_file_of_certificates_is_read(tmp_path: Path) -> None:
    bundle = tmp_path / "empty.pem"
    bundle.write_text("")

    assert settings(ca_bundle=str(bundle)).ca_bundle == str(bundle)


@pytest.mark.parametrize(
    "changes",
    [
        {"endpoint": "http://dws.example"},
        {"access_key": "ak", "secret_key": "hidden-key", "endpoint": ""},
        {"security_token": "hidden-token", "project_name": ""},
    ],
)
def test_no_secret_is_in_an_error(changes: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as caught:
        settings(**changes)

    forms = str(caught.value) + repr(caught.value) + repr(pickle.dumps(caught.value))
    assert "hidden" not in forms


@pytest.mark.parametrize(
    ("address", "here"),
    [
        ("http://127.0.0.1", True),
        ("http://LOCALHOST:1", True),
        ("https://[::1]:9", True),
        ("http://[::ffff:127.0.0.1]", False),
        ("http://2130706433", False),
        ("", False),
        ("http://[", False),
    ],
)
def test_only_this_machine_is_loopback(address: str, here: bool) -> None:
    assert is_loopback(address) is here
