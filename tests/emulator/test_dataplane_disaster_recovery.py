"""Disaster recovery of real databases: what is synchronised, what is lost."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import suppress

import psycopg
import pytest

from dws.emulator import Emulator, WorldSpec
from tests.emulator.conftest import Serve
from tests.emulator.service import Service
from tests.emulator.sql import ROWS, address, count, is_open, run, write
from tests.emulator.test_disaster_recovery import Pairing, made, running

WORLD = {
    "clusters": [{"name": "near", "sql": ROWS}, {"name": "far"}],
    "snapshots": [],
    "disaster_recoveries": [],
}
PERIOD_S = 1800
"""That of the pairs of these tests."""


@pytest.fixture
def service(serve: Serve) -> Service:
    return serve(data_plane="postgres", **WORLD)


def at(service: Service, name: str) -> tuple[str, int]:
    return address(service, service.id_of(name))


def break_primary(service: Service, pair: Pairing) -> None:
    """Let the primary break at the next synchronisation, which does not come about."""
    service.fault("task_fails", "StartDisasterRecovery", task_status="UNAVAILABLE")
    service.advance(PERIOD_S)
    assert pair.status == "abnormal"


def advance_into_backup(service: Service) -> None:
    """Let the next synchronisation begin, and not end."""
    pair_id = service.get("v2/disaster-recoveries")["disaster_recovery"][0]["id"]
    for _ in range(PERIOD_S // 10):
        service.advance(10)
        told = service.get(f"v1/disaster-recovery/{pair_id}/show-progress")
        if told["disaster_recovery_progress"]["primary_cluster"]["action_type"] == "Backup":
            return
    raise AssertionError("no synchronisation began")


def test_a_standby_has_what_the_primary_had_when_it_was_started(service: Service) -> None:
    near = at(service, "near")
    write(near, 101)
    running(service)

    write(near, 102)

    assert (count(near), count(at(service, "far"))) == (102, 101)


def test_a_standby_can_be_read_but_written_by_nobody(service: Service) -> None:
    running(service)
    far = at(service, "far")

    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(far, 101)
    with pytest.raises(psycopg.errors.FeatureNotSupported):
        run(far, "BEGIN", "SET TRANSACTION READ WRITE")
    assert count(far) == 100


def test_a_synchronisation_brings_what_was_there_when_it_began(service: Service) -> None:
    running(service)
    near, far = at(service, "near"), at(service, "far")
    write(near, 101)
    advance_into_backup(service)
    write(near, 102)
    during = count(far)
    service.advance(900)

    assert (during, count(far), count(near)) == (100, 101, 102)


def test_a_switchover_loses_nothing_and_swaps_who_can_be_written(service: Service) -> None:
    pair = running(service)
    near, far = at(service, "near"), at(service, "far")
    write(near, 101)

    pair.done("switchover", 500)
    write(far, 102)

    assert (count(near), count(far)) == (101, 102)
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(near, 103)
    service.advance(PERIOD_S + 900)
    assert count(near) == 102


def test_production_is_away_during_a_switchover(service: Service) -> None:
    pair = running(service)
    near = at(service, "near")

    pair.do("switchover")
    service.advance(30)

    assert not is_open(near)


def test_a_failover_loses_the_rows_written_since_the_last_synchronisation(
    service: Service,
) -> None:
    pair = running(service)
    near, far = at(service, "near"), at(service, "far")
    write(near, 101)
    service.advance(PERIOD_S + 900)
    write(near, 102, 103, 104)
    break_primary(service, pair)
    broken = is_open(near)

    pair.done("failover", 500)
    write(far, 500)

    assert not broken
    assert run(far, "SELECT n FROM rows WHERE n > 100 ORDER BY n") == [(101,), (500,)]


def test_a_recovery_rebuilds_the_former_primary_from_the_new_one(service: Service) -> None:
    pair = running(service)
    near, far = at(service, "near"), at(service, "far")
    write(near, 101)
    break_primary(service, pair)
    pair.done("failover", 10_000)
    write(far, 500)

    pair.done("recovery", 5_000)

    assert pair.status == "running"
    assert run(near, "SELECT n FROM rows WHERE n > 100") == [(500,)]
    with pytest.raises(psycopg.errors.ReadOnlySqlTransaction):
        write(near, 501)


def test_a_paused_standby_can_be_written_and_is_brought_back_by_a_start(service: Service) -> None:
    pair = running(service)
    far = at(service, "far")

    pair.done("pause", 700)
    write(far, 500)
    written = count(far)
    pair.done("start", 700)

    assert (written, count(far)) == (101, 100)


def test_a_pair_that_is_told_has_synchronised_before_anybody_looked(serve: Serve) -> None:
    told = [{"name": "pair-0", "primary": "near", "standby": "far"}]
    service = serve(data_plane="postgres", **WORLD | {"disaster_recoveries": told})

    assert count(at(service, "far")) == 100


def test_synchronisations_come_though_nobody_asks_the_service() -> None:
    told = {
        "clusters": [{"name": "near", "sql": ROWS}, {"name": "far"}],
        "disaster_recoveries": [
            {"name": "pair-0", "primary": "near", "standby": "far", "sync_period": "20m"}
        ],
        "durations": {"dr_backup": 60, "dr_restore": 60},
    }
    spec = WorldSpec.model_validate(told)
    with Emulator.serving(speed=1000.0, world=spec, data_plane="postgres") as server:
        service = Service(server.url)
        near, far = at(service, "near"), at(service, "far")
        service.http.close()
        write(near, 101)

        # Sessions are cut while the standby changes its data.
        seen = eventually(lambda: count(far) if is_open(far) else 0, 101)

    assert seen


def eventually(look: Callable[[], int], wanted: int) -> bool:
    until = time.monotonic() + 20
    while time.monotonic() < until:
        with suppress(psycopg.OperationalError):
            if look() == wanted:
                return True
    return False


def test_a_pair_that_is_only_made_leaves_both_clusters_alone(service: Service) -> None:
    made(service)

    with pytest.raises(psycopg.errors.UndefinedTable):
        count(at(service, "far"))
