"""``runbook doctor``: what keeps runs from working, with its cure."""

from __future__ import annotations

import json

import pytest

from tests.free import closed_port

KEYS = {"DWS_ACCESS_KEY": "emulator-ak", "DWS_SECRET_KEY": "emulator-sk"}


@pytest.fixture(autouse=True)
def _no_prefect(monkeypatch) -> None:
    monkeypatch.delenv("PREFECT_API_URL")


@pytest.fixture
def examined(runbook):
    """Call it; answers the exit code, and what is told of each thing."""

    def called():
        result = runbook("doctor", "--json")
        return result.exit_code, {one["check"]: one for one in json.loads(result.stdout)}

    return called


def levels(found) -> dict[str, str]:
    return {check: one["level"] for check, one in found.items() if one["level"] != "ok"}


@pytest.mark.parametrize("keys", [{}, KEYS])
def test_all_is_well(examined, account, monkeypatch, keys) -> None:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)

    code, found = examined()

    assert (code, levels(found)) == (0, {"settings": "warn"} if keys else {})
    assert "1 clusters" in found["reads"]["told"]


def test_a_prefect_that_answers_is_told_with_its_version(
    examined, account, prefect_server, monkeypatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", prefect_server)

    code, found = examined()

    assert (code, levels(found)) == (0, {})
    assert "version 3." in found["Prefect"]["told"]


def test_a_prefect_that_does_not_answer_is_bad(examined, account, monkeypatch) -> None:
    monkeypatch.setenv("PREFECT_API_URL", f"http://127.0.0.1:{closed_port()}/api")

    code, found = examined()

    assert (code, levels(found)) == (5, {"Prefect": "bad"})
    assert "unset it" in found["Prefect"]["cure"]


def test_nothing_is_set(examined) -> None:
    code, found = examined()

    assert code == 5
    assert levels(found)["settings"] == "bad"
    assert found["journal"]["level"] == "ok"


def test_a_wrong_password_is_told_and_not_shown(runbook, account, monkeypatch) -> None:
    monkeypatch.setenv("DWS_PASSWORD", "Geheim-1234")

    result = runbook("doctor")

    assert result.exit_code == 5
    assert "bad      credentials" in result.stdout
    assert "DWS_PASSWORD" in result.stdout
    assert "Geheim" not in result.output


def test_a_wrong_secret_key_is_told(examined, account, monkeypatch) -> None:
    monkeypatch.setenv("DWS_ACCESS_KEY", "emulator-ak")
    monkeypatch.setenv("DWS_SECRET_KEY", "wrong")
    monkeypatch.delenv("DWS_PASSWORD")

    code, found = examined()

    assert code == 5
    assert levels(found) == {"credentials": "bad", "project": "skipped", "reads": "skipped"}
    assert "DWS_SECRET_KEY" in found["credentials"]["cure"]


@pytest.mark.parametrize("keys", [{}, KEYS])
def test_an_unknown_project_is_told_apart_from_wrong_credentials(
    examined, account, monkeypatch, keys
) -> None:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("DWS_PROJECT_NAME", "eu-nowhere")

    code, found = examined()

    assert code == 5
    assert found["credentials"]["level"] == "ok"
    assert found["project"]["level"] == "bad"
    assert "DWS_PROJECT_NAME" in found["project"]["cure"]


def test_an_endpoint_where_nobody_listens_is_told(examined, account, monkeypatch) -> None:
    monkeypatch.setenv("DWS_ENDPOINT", f"http://127.0.0.1:{closed_port()}")

    code, found = examined()

    assert code == 5
    assert found["endpoint"]["level"] == "bad"
    assert found["identity service"]["level"] == "ok"
    assert found["reads"]["level"] == "skipped"


def test_a_name_that_nobody_knows_is_told(examined, account, monkeypatch) -> None:
    monkeypatch.setenv("DWS_ENDPOINT", "https://dws.nowhere.invalid")

    _, found = examined()

    assert found["endpoint"]["told"] == "dws.nowhere.invalid: no such name"


def test_http_to_another_machine_is_refused_before_anything_is_sent(
    examined, cloud, account, monkeypatch
) -> None:
    monkeypatch.setenv("DWS_ENDPOINT", "http://192.0.2.1")

    code, found = examined()

    assert code == 5
    assert "https" in found["settings"]["told"]
    assert found["endpoint"]["level"] == "skipped"
    assert cloud.requests() == []


def test_bad_credentials_in_the_settings_do_not_hide_whether_the_service_is_reached(
    examined, account, monkeypatch
) -> None:
    monkeypatch.delenv("DWS_PASSWORD")

    code, found = examined()

    assert code == 5
    assert found["endpoint"]["level"] == "ok"
    assert found["credentials"]["level"] == "skipped"


@pytest.mark.parametrize(
    ("skew_s", "keys", "level"),
    [(30, {}, "ok"), (200, {}, "warn"), (600, {}, "warn"), (200, KEYS, "warn"), (600, KEYS, "bad")],
)
def test_a_clock_that_is_off_is_told(
    examined, cloud, account, monkeypatch, skew_s, keys, level
) -> None:
    for name, value in keys.items():
        monkeypatch.setenv(name, value)
    cloud.advance(skew_s)

    code, found = examined()

    assert found["clock"]["level"] == level
    assert (code == 5) is (level == "bad")


@pytest.mark.parametrize(
    "url", ["sqlite:////nowhere/at/all.db", "postgresql://me:geheim@127.0.0.1:1/journal", "???"]
)
def test_a_journal_that_cannot_be_written_is_told(runbook, account, monkeypatch, url) -> None:
    monkeypatch.setenv("RUNBOOK_JOURNAL", url)

    result = runbook("doctor")

    assert result.exit_code == 5
    assert "bad      journal" in result.stdout
    assert "geheim" not in result.output


def test_a_state_folder_that_others_may_read_is_told(examined, account, state) -> None:
    state.mkdir(parents=True)
    state.chmod(0o755)

    code, found = examined()

    assert (code, levels(found)) == (0, {"state folder": "warn"})
    assert f"chmod go= {state}" in found["state folder"]["cure"]
