"""Drills on real databases: canary rows, the marks, and what was really lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import timedelta
from typing import Any

import pytest
from pydantic import ValidationError

from dws import clock as door
from dws.clock import ScaledClock
from dws.emulator.data_plane import DEFAULT_PASSWORD
from dws.errors import RequestFailed, Unreachable
from dws.sql.canary import TABLE
from flows.declared.dr_failover_drill import Inputs, Outputs
from flows.dr_failover_drill import dr_failover_drill
from tasks import sql
from tasks.locks import cluster_lock, holding
from tasks.run import Refused, Run, Stopped
from tests.cloud import Cloud
from tests.flows.pairs import pair_world, pairs
from tests.flows.service import protect
from tests.virtual_clock import VirtualClock

SPEED = 200.0
DURATIONS = {
    "dr_switch": "PT3M",
    "dr_recover": "PT10M",
    "dr_repair": "PT10M",
    "dr_backup": "PT20S",
    "dr_restore": "PT30S",
    "restore": "PT10M",
    "delete": "PT2M",
}
SEED = "CREATE TABLE orders (id int PRIMARY KEY); INSERT INTO orders SELECT generate_series(1, 99)"
ALL_THERE = "SELECT count(*) = 99 FROM orders"
WORLD = pair_world(
    near={"sql": f"{SEED}; ALTER TABLE orders OWNER TO dbadmin"},
    pair={"sync_period": "15m"},
    durations=DURATIONS,
)
FAST: dict[str, Any] = {
    "canary_every": timedelta(seconds=10),
    "warm_up": timedelta(minutes=1),
    "acceptance": (ALL_THERE,),
}
SWITCH = "SwitchoverDisasterRecovery"


@pytest.fixture
def cloud(request: pytest.FixtureRequest, serve: Callable[..., Cloud]) -> Cloud:
    """An emulator with a real database behind each cluster."""
    return serve(getattr(request, "param", WORLD), speed=SPEED, data_plane="postgres")


@pytest.fixture(autouse=True)
def database(account: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """The account has the password of the databases, and a clock as fast as the emulator's."""
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", DEFAULT_PASSWORD)
    with door.using(ScaledClock(SPEED)):
        yield


async def numbers(cloud: Cloud, name: str) -> set[int]:
    """The canary rows that a cluster has, by SQL beside the flow."""
    found = next(one for one in cloud.state()["clusters"] if one["name"] == name)
    async with sql.database_of("default", found["id"]) as database:
        known = "SELECT 1 FROM pg_catalog.pg_namespace WHERE nspname = 'dws_runbook'"
        if not await database.rows(known):
            return set()
        return {row[0] for row in await database.rows(f"SELECT number FROM {TABLE}")}


async def seen_through(cloud: Cloud, drill: asyncio.Future[Outputs]) -> Outputs:
    """Let production break once some canary rows have come through, and others have not."""
    while not drill.done():
        with suppress(Unreachable):  # the standby is away while it is brought up to date
            if await numbers(cloud, "far"):
                break
        await door.sleep(30)
    cloud.fault("task_fails", "StartDisasterRecovery", task_status="UNAVAILABLE")
    return await drill


async def test_a_planned_switchover_loses_nothing_and_is_measured(
    cloud: Cloud, account: str
) -> None:
    left = await dr_failover_drill(
        account, "pair-1", "switchover", primary="far", rto=timedelta(hours=1), run_id="r1", **FAST
    )

    assert cloud.changes() == [SWITCH, SWITCH]
    assert (left.verdict, left.findings) == ("passed", ())
    assert (left.rows_lost, left.rpo_s) == (0, 0.0)
    assert left.rto_s is not None
    assert left.rto_s >= 180
    assert left.rto_met
    assert left.rpo_met is None
    assert in_order(left)
    assert await numbers(cloud, "near") == set()
    assert pairs(cloud) == {"pair-1": "running"}


def in_order(left: Outputs) -> bool:
    """Whether the marks that tell of one line of time follow each other."""
    marks = left.marks
    disruption = [marks.t0_disrupted, marks.t1_detected, marks.t4_writable]
    recovery = [marks.t2_declared, marks.t3_begun, marks.t4_writable]
    end = [marks.t4_writable, marks.t5_validated, marks.t6_restored]
    told = [[one for one in line if one] for line in (disruption, recovery, end)]
    return all(len(line) == 3 and line == sorted(line) for line in told)


async def test_the_loss_of_a_failover_is_what_is_missing_by_sql(cloud: Cloud, account: str) -> None:
    drill = asyncio.ensure_future(
        dr_failover_drill(
            account,
            "pair-1",
            "failover",
            primary="far",
            rpo=timedelta(seconds=1),
            failback=False,
            keep_canary=True,
            run_id="r1",
            **FAST,
        )
    )

    left = await seen_through(cloud, drill)

    there = await numbers(cloud, "far")
    assert left.rows_lost
    assert left.rows_acknowledged
    before = {number for number in there if number <= left.rows_acknowledged}
    assert left.rows_lost == left.rows_acknowledged - len(before)
    assert left.rpo_s is not None
    # Each row is ten seconds after the one before, and a little more.
    assert left.rpo_s >= 10 * left.rows_lost - 1
    assert left.service_rpo_s is not None
    assert cloud.changes() == ["SwitchFailoverDisaster"]
    assert (left.verdict, left.rpo_met) == ("failed", False)
    assert any("dr-recover" in told for told in left.findings)


async def test_after_a_failover_the_roles_are_given_back(cloud: Cloud, account: str) -> None:
    drill = asyncio.ensure_future(
        dr_failover_drill(account, "pair-1", "failover", primary="far", run_id="r1", **FAST)
    )

    left = await seen_through(cloud, drill)

    assert cloud.changes() == ["SwitchFailoverDisaster", "RestoreDisaster", SWITCH]
    assert pairs(cloud) == {"pair-1": "running"}
    assert cloud.clusters() == {"near": "AVAILABLE", "far": "AVAILABLE"}
    assert left.marks.t6_restored is not None
    assert left.verdict == "passed"
    assert await numbers(cloud, "near") == set()


async def test_a_former_primary_protected_while_it_is_repaired_is_not_wiped(
    cloud: Cloud, account: str
) -> None:
    drill = asyncio.ensure_future(
        dr_failover_drill(account, "pair-1", "failover", primary="far", run_id="r1", **FAST)
    )

    with pytest.raises(Stopped, match="cluster near has the tag runbook-protected=rows"):
        await asyncio.gather(seen_through(cloud, drill), _protected_once_failed_over(cloud))

    assert cloud.changes() == ["SwitchFailoverDisaster", "BatchCreateResourceTag"]


async def _protected_once_failed_over(cloud: Cloud) -> None:
    while "SwitchFailoverDisaster" not in cloud.changes():
        await door.sleep(10)
    await protect("near")


async def test_a_restore_without_a_snapshot_is_refused(cloud: Cloud, account: str) -> None:
    cloud.reset()

    with pytest.raises(Refused, match="the cluster has no such snapshot"):
        await dr_failover_drill(account, "pair-1", "restore", run_id="r1", **FAST)


SNAPSHOT = WORLD | {"snapshots": [{"name": "nightly", "cluster": "near", "type": "AUTOMATED"}]}


@pytest.mark.parametrize("cloud", [SNAPSHOT], indirect=True)
async def test_a_restore_lets_others_work_on_production(cloud: Cloud, account: str) -> None:
    near = next(one["id"] for one in cloud.state()["clusters"] if one["name"] == "near")

    async with holding(Run("other"), cluster_lock(account, near)):
        left = await dr_failover_drill(account, "pair-1", "restore", run_id="r1", **FAST)

    assert left.verdict == "passed"


@pytest.mark.parametrize("cloud", [SNAPSHOT], indirect=True)
async def test_an_isolated_restore_is_measured_from_its_declaration(
    cloud: Cloud, account: str
) -> None:
    left = await dr_failover_drill(account, "pair-1", "restore", run_id="r1", **FAST)
    again = await dr_failover_drill(account, "pair-1", "restore", run_id="r1", **FAST)

    assert cloud.changes() == ["RestoreCluster", "DeleteCluster"]
    assert left.rto_s is not None
    assert left.rto_s >= 600
    assert left.rpo_s is not None
    assert left.rpo_s > 3600
    assert left.verdict == again.verdict == "passed"
    assert left.replacement.startswith("rb-scratch-")
    assert set(cloud.clusters()) == {"near", "far"}


async def test_a_failed_acceptance_fails_the_drill_and_the_roles_are_given_back(
    cloud: Cloud, account: str
) -> None:
    told = FAST | {"acceptance": (ALL_THERE, "SELECT count(*) = 0 FROM orders")}

    left = await dr_failover_drill(
        account, "pair-1", "switchover", primary="far", run_id="r1", **told
    )

    assert left.verdict == "failed"
    assert (left.rto_s, left.marks.t5_validated) == (None, None)
    assert [one.passed for one in left.acceptance] == [True, False]
    assert cloud.changes() == [SWITCH, SWITCH]


async def test_a_drill_that_must_pass_ends_as_failed_when_it_did_not(
    cloud: Cloud, account: str
) -> None:
    told = FAST | {"rto": timedelta(seconds=1), "must_pass": True, "failback": False}

    with pytest.raises(Stopped, match=r"carried to its end: objective rto=0:00:01 not met"):
        await dr_failover_drill(account, "pair-1", "switchover", primary="far", run_id="r1", **told)

    assert pairs(cloud) == {"pair-1": "running"}


NEVER_SYNCHRONISED = WORLD | {
    "clusters": [{"name": "near", "breaks_after": "PT40M"}, {"name": "far"}],
    "disaster_recoveries": [
        {"name": "pair-1", "primary": "near", "standby": "far", "sync_period": "9d"}
    ],
}


@pytest.mark.parametrize("cloud", [NEVER_SYNCHRONISED], indirect=True)
async def test_a_loss_longer_than_the_canary_is_told_as_such(cloud: Cloud, account: str) -> None:
    told = FAST | {"acceptance": (), "failback": False, "rpo": timedelta(days=1)}
    told |= {"outage_within": timedelta(hours=3)}

    left = await dr_failover_drill(
        account, "pair-1", "failover", primary="far", run_id="r1", **told
    )

    assert left.rows_lost == left.rows_acknowledged
    assert (left.rpo_met, left.verdict) == (False, "failed")
    assert any("more is lost than the canary can tell" in told for told in left.findings)


async def test_a_second_run_of_the_same_id_switches_nothing(cloud: Cloud, account: str) -> None:
    first = await dr_failover_drill(
        account, "pair-1", "switchover", primary="far", run_id="r1", **FAST
    )

    again = await dr_failover_drill(
        account, "pair-1", "switchover", primary="far", run_id="r1", **FAST
    )

    assert cloud.changes() == [SWITCH, SWITCH]
    assert again == first


async def test_a_drill_that_broke_off_goes_on_and_tells_when_it_did_not_run(
    cloud: Cloud, account: str
) -> None:
    wanted = {"primary": "far", "run_id": "r1", **FAST}
    drill = asyncio.ensure_future(dr_failover_drill(account, "pair-1", "switchover", **wanted))
    while not drill.done() and pairs(cloud) != {"pair-1": "switchovering"}:
        await door.sleep(5)
    await door.sleep(30)  # by now production is away
    cloud.fault("http", "ShowDisasterDetail", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await drill
    await door.sleep(600)

    left = await dr_failover_drill(account, "pair-1", "switchover", **wanted)

    assert cloud.changes() == [SWITCH, SWITCH]
    assert left.rto_s is not None
    assert left.rto_s > 600
    assert left.rows_lost == 0
    assert left.verdict == "passed with findings"
    assert any("measurement interrupted: the drill did not run" in told for told in left.findings)


@pytest.mark.parametrize("cloud", [NEVER_SYNCHRONISED], indirect=True)
async def test_an_outage_while_the_drill_did_not_run_is_the_one_that_it_waited_for(
    cloud: Cloud, account: str
) -> None:
    told = FAST | {"acceptance": (), "failback": False, "outage_within": timedelta(hours=3)}
    wanted = {"primary": "far", "run_id": "r1", **told}
    drill = asyncio.ensure_future(dr_failover_drill(account, "pair-1", "failover", **wanted))
    while not drill.done() and len(await numbers(cloud, "near")) < 3:
        await door.sleep(10)
    cloud.fault("http", "ShowDisasterDetail", status=400, code="DWS.0001")
    with pytest.raises(RequestFailed):
        await drill
    while cloud.clusters()["near"] != "UNAVAILABLE":
        await door.sleep(30)

    left = await dr_failover_drill(account, "pair-1", "failover", **wanted)

    assert cloud.changes() == ["SwitchFailoverDisaster"]
    assert left.rows_acknowledged
    assert any("measurement interrupted: the drill did not run" in told for told in left.findings)


@pytest.mark.parametrize("kind", ["lost_reply", "reset"])
async def test_a_lost_answer_switches_there_and_back(cloud: Cloud, account: str, kind: str) -> None:
    cloud.fault(kind, SWITCH)

    left = await dr_failover_drill(
        account, "pair-1", "switchover", primary="far", run_id="r1", **FAST
    )

    assert left.rows_lost == 0
    assert pairs(cloud) == {"pair-1": "running"}


async def test_a_switchover_that_fails_is_told_and_not_called_done(
    cloud: Cloud, account: str
) -> None:
    cloud.fault("task_fails", SWITCH, task_status="abnormal")

    with pytest.raises(Stopped, match="abnormal"):
        await dr_failover_drill(account, "pair-1", "switchover", primary="far", run_id="r1", **FAST)

    assert cloud.changes() == [SWITCH]


async def test_a_production_that_nobody_breaks_does_not_fail_over(
    cloud: Cloud, account: str
) -> None:
    told = FAST | {"outage_within": timedelta(minutes=1)}

    with pytest.raises(Stopped, match="was not broken within outage_within=0:01:00"):
        await dr_failover_drill(account, "pair-1", "failover", primary="far", run_id="r1", **told)

    assert cloud.changes() == []


async def test_a_wrong_password_is_told_before_anything_is_changed(
    cloud: Cloud, account: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DWS_DATABASE_PASSWORD", "Wrong-Passw0rd")

    with pytest.raises(Refused, match=r"no canary can be written: .* set DWS_DATABASE_PASSWORD"):
        await dr_failover_drill(account, "pair-1", "switchover", primary="far", run_id="r1", **FAST)


TAG = {"tags": {"runbook-protected": ""}}


@pytest.mark.parametrize(
    ("told", "mode", "primary", "why"),
    [
        (pair_world("stopped"), "switchover", "far", "pair-1 is stopped; a drill needs one"),
        (pair_world(), "switchover", "near", "primary='near' is the primary already; name far"),
        (pair_world(near=TAG), "failover", "far", "cluster near has the tag runbook-protected"),
        (pair_world(far=TAG), "failover", "far", "cluster far has the tag runbook-protected"),
        (
            pair_world(near={"status": "UNAVAILABLE"}),
            "failover",
            "far",
            "cluster near: its status is UNAVAILABLE",
        ),
    ],
)
async def test_what_must_not_be_rehearsed_is_refused_by_name(
    serve: Callable[..., Cloud],
    account: str,
    monkeypatch: pytest.MonkeyPatch,
    told: dict[str, Any],
    mode: Any,
    primary: str,
    why: str,
) -> None:
    other = serve(told)
    monkeypatch.setenv("DWS_ENDPOINT", other.url)
    monkeypatch.setenv("DWS_IAM_ENDPOINT", other.url)

    with door.using(VirtualClock(other.url)), pytest.raises(Refused, match=why):
        await dr_failover_drill(account, "pair-1", mode, primary=primary, run_id="r1")

    assert other.changes() == []


async def test_a_standby_that_lags_too_far_behind_is_refused(cloud: Cloud, account: str) -> None:
    told = FAST | {"max_lag": timedelta(seconds=1)}

    with pytest.raises(Refused, match=r"s behind; wait for the next .* max_lag=0:00:01"):
        await dr_failover_drill(account, "pair-1", "switchover", primary="far", run_id="r1", **told)


def test_who_is_to_take_over_is_always_named() -> None:
    with pytest.raises(ValidationError, match="mode=failover needs primary"):
        Inputs(pair="p", mode="failover")
    with pytest.raises(ValidationError, match="mode=restore switches nothing"):
        Inputs(pair="p", mode="restore", primary="far")
