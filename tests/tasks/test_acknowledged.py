"""What was acknowledged is known after a crash, and of each run alone."""

from __future__ import annotations

from tasks.acknowledged import Acknowledged, Outcome
from tasks.run import Run


def test_what_a_cluster_acknowledged_is_told_by_number() -> None:
    log = Acknowledged(Run("r1"))
    for number, at in ((2, 12.0), (1, 11.0)):
        log.keep("near", number, accepted=True, at=at)
    log.keep("far", 3, accepted=True, at=13.0)
    log.keep("near", 4, accepted=False, at=14.0)

    again = Acknowledged(Run("r1"))

    assert again.accepted("near") == (Outcome(1, 11.0), Outcome(2, 12.0))
    assert again.highest() == Outcome(3, 13.0)


def test_the_first_outcome_of_a_row_holds() -> None:
    log = Acknowledged(Run("r1"))
    log.keep("near", 1, accepted=True, at=11.0)
    log.keep("near", 1, accepted=True, at=99.0)

    assert log.accepted("near") == (Outcome(1, 11.0),)


def test_the_first_failure_after_a_moment_is_told() -> None:
    log = Acknowledged(Run("r1"))
    for number, at in ((1, 10.0), (2, 20.0), (3, 30.0)):
        log.keep("near", number, accepted=False, at=at)

    assert log.failed_since("near", 15.0) == 20.0
    assert log.failed_since("near", 31.0) is None
    assert log.failed_since("far", 0.0) is None


def test_another_run_and_another_step_know_nothing_of_it() -> None:
    Acknowledged(Run("r1", scope="a")).keep("near", 1, accepted=True, at=11.0)

    assert Acknowledged(Run("r2", scope="a")).highest() is None
    assert Acknowledged(Run("r1", scope="b")).accepted("near") == ()
