"""What the evidence of a drill means."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from flows.declared.dr_failover_drill import Inputs, Outputs
from flows.declared.drill_evidence import Evidence, Interruption, Loss, Marks
from flows.steps.drill import loss
from flows.steps.drill_verdict import Rehearsed
from flows.steps.lag import Lag
from flows.steps.pair import OnePair
from tasks.acknowledged import Outcome
from tasks.pairs import Roles

NOON = datetime(2026, 3, 2, 12, tzinfo=UTC)
TEN = tuple(Outcome(number, 100.0 + number) for number in range(1, 11))
MARKS = Marks(
    t0_disrupted=NOON,
    t2_declared=NOON + timedelta(seconds=20),
    t5_validated=NOON + timedelta(seconds=320),
)


def judged(
    *, marks: Marks = MARKS, lost: Loss | None = None, cut: Any = (), **told: Any
) -> Outputs:
    inputs = {"pair": "pair-1", "mode": "failover", "primary": "far", **told}
    roles = Roles(primary_id="f", primary_name="far", standby_id="n", standby_name="near")
    return Rehearsed(
        inputs=Inputs.model_validate(inputs),
        aim=OnePair(pair_id="p", pair_name="pair-1", roles=roles),
        production="near",
        replacement="far",
        evidence=Evidence(
            marks=marks,
            loss=lost or Loss(acknowledged=10, lost=3, rpo_s=30.0),
            interruptions=cut,
        ),
        lag=Lag(synchronised=None, rpo_s=45.0, rto_s=320.0),
    ).outputs()


@pytest.mark.parametrize(
    ("there", "lost", "rpo_s", "is_at_least"),
    [
        (range(1, 11), 0, 0.0, False),
        (range(1, 7), 4, 4.0, False),
        ((1, 2, 3, 5, 6, 7, 8, 9, 10), 1, 7.0, False),
        ((), 10, 9.0, True),
        (range(1, 99), 0, 0.0, False),
    ],
)
def test_a_loss_is_counted_in_rows_and_seconds(
    there: Any, lost: int, rpo_s: float, is_at_least: bool
) -> None:
    told = loss(TEN, frozenset(there))

    assert told == Loss(acknowledged=10, lost=lost, rpo_s=rpo_s, is_at_least=is_at_least)


def test_the_time_counts_from_the_disruption_and_from_the_decision() -> None:
    told = judged()

    assert (told.rto_s, told.rto_from_decision_s, told.rpo_s) == (320.0, 300.0, 30.0)
    assert (told.rto_met, told.rpo_met, told.verdict) == (None, None, "passed")


@pytest.mark.parametrize(
    ("objectives", "met", "verdict"),
    [
        ({"rto": timedelta(seconds=320), "rpo": timedelta(seconds=30)}, (True, True), "passed"),
        ({"rto": timedelta(seconds=319)}, (False, None), "failed"),
        ({"rpo": timedelta(seconds=29)}, (None, False), "failed"),
    ],
)
def test_an_objective_is_met_up_to_its_last_second(
    objectives: dict[str, timedelta], met: tuple[bool | None, ...], verdict: str
) -> None:
    told = judged(**objectives)

    assert (told.rto_met, told.rpo_met) == met
    assert told.verdict == verdict
    assert len(told.findings) == met.count(False)


def test_what_was_not_measured_is_not_met() -> None:
    hour = timedelta(hours=1)

    never = judged(marks=Marks(t0_disrupted=NOON), rto=hour)
    at_least = judged(lost=Loss(acknowledged=2, lost=2, rpo_s=1.0, is_at_least=True), rpo=hour)

    assert (never.rto_s, never.rto_met, never.verdict) == (None, False, "failed")
    assert (at_least.rpo_met, at_least.verdict) == (False, "failed")
    assert any("more is lost than the canary can tell" in told for told in at_least.findings)


def test_where_the_figures_of_the_service_differ_is_told() -> None:
    told = judged()

    assert told.deviations == ("RPO: measured 30.0 s, reckoned by the service 45 s",)


def test_a_switchover_that_loses_rows_is_a_finding() -> None:
    told = judged(mode="switchover")

    assert "a planned switchover lost 3 acknowledged rows" in told.findings
    assert told.verdict == "passed with findings"


@pytest.mark.parametrize(
    ("since_s", "is_told"), [(-60, False), (0, True), (100, True), (330, False)]
)
def test_a_time_in_which_the_drill_did_not_run_is_told_if_it_counts(
    since_s: int, is_told: bool
) -> None:
    since = NOON + timedelta(seconds=since_s)
    cut = (Interruption(since=since, until=since + timedelta(seconds=90)),)

    told = judged(cut=cut)

    interrupted = [finding for finding in told.findings if "did not run for 90 s" in finding]
    assert bool(interrupted) == is_told
