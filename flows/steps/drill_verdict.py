"""What a drill's evidence means: objectives met or not, deviations, findings."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta

from flows.declared.dr_failover_drill import Inputs, Outputs, Verdict
from flows.declared.drill_evidence import Evidence
from flows.steps.lag import Lag
from flows.steps.pair import OnePair


@dataclass(frozen=True)
class Rehearsed:
    """
    All that a drill brought to light.

    Attributes:
        replacement: Name of the cluster that took over.
        lag: The service's figures just before.
        more: Findings that were made on the way.
    """

    inputs: Inputs
    aim: OnePair
    production: str
    replacement: str
    evidence: Evidence
    lag: Lag
    more: tuple[str, ...] = ()

    def outputs(self) -> Outputs:
        """As the caller is told."""
        marks, loss = self.evidence.marks, self.evidence.loss
        rto_met = _is_met(self.inputs.rto, marks.rto_s)
        rpo_met = _is_met(self.inputs.rpo, None if loss.is_at_least else loss.rpo_s)
        findings = (*_findings(self), *self.more)
        is_failed = marks.t5_validated is None or rto_met is False or rpo_met is False
        passed: Verdict = "passed with findings" if findings else "passed"
        is_restore = self.inputs.mode == "restore"
        return Outputs(
            pair_id=self.aim.pair_id,
            pair_name=self.aim.pair_name,
            mode=self.inputs.mode,
            production=self.production,
            replacement=self.replacement,
            marks=marks,
            rto_s=marks.rto_s,
            rto_from_decision_s=marks.rto_from_decision_s,
            rpo_s=loss.rpo_s,
            rows_acknowledged=None if is_restore else loss.acknowledged,
            rows_lost=None if is_restore else loss.lost,
            service_rpo_s=self.lag.rpo_s,
            service_rto_s=self.lag.rto_s,
            rto_met=rto_met,
            rpo_met=rpo_met,
            acceptance=self.evidence.acceptance,
            deviations=tuple(_deviations(self)),
            findings=findings,
            verdict="failed" if is_failed else passed,
        )


def _is_met(objective: timedelta | None, measured: float | None) -> bool | None:
    """What could not be measured is not met."""
    if objective is None:
        return None
    return measured is not None and measured <= objective.total_seconds()


def _deviations(done: Rehearsed) -> Iterator[str]:
    figures = {
        "RPO": (done.evidence.loss.rpo_s, done.lag.rpo_s),
        "RTO": (done.evidence.marks.rto_s, done.lag.rto_s),
    }
    # The service's RPO is that of a failover; of a restore it reckons nothing.
    compared = {"failover": ("RPO", "RTO"), "switchover": ("RTO",), "restore": ()}
    for what in compared[done.inputs.mode]:
        ours, theirs = figures[what]
        if theirs is None:
            yield f"{what}: the service told none to compare with"
        elif ours is None:
            yield f"{what}: not measured; the service reckoned {theirs:.0f} s"
        elif round(ours) != round(theirs):
            yield f"{what}: measured {ours:.1f} s, reckoned by the service {theirs:.0f} s"


def _findings(done: Rehearsed) -> Iterator[str]:
    evidence, inputs = done.evidence, done.inputs
    for failed in [one for one in evidence.acceptance if not one.passed]:
        yield f"acceptance failed: {failed.statement}: {failed.told}"
    if inputs.rto and not _is_met(inputs.rto, evidence.marks.rto_s):
        yield f"objective rto={inputs.rto} not met: {_told(evidence.marks.rto_s)}"
    if inputs.rpo and not _is_met(inputs.rpo, evidence.loss.rpo_s):
        yield f"objective rpo={inputs.rpo} not met: {_told(evidence.loss.rpo_s)}"
    if evidence.loss.is_at_least:
        yield "the first canary row did not come through: more is lost than the canary can tell"
    if inputs.mode == "switchover" and evidence.loss.lost:
        yield f"a planned switchover lost {evidence.loss.lost} acknowledged rows"
    yield from _interrupted(evidence)


def _interrupted(evidence: Evidence) -> Iterator[str]:
    first, last = evidence.marks.t0_disrupted, evidence.marks.t5_validated
    for one in evidence.interruptions:
        ends_before = first is not None and one.since < first
        if ends_before or (last is not None and one.since > last):
            continue
        seconds = (one.until - one.since).total_seconds()
        yield (
            f"measurement interrupted: the drill did not run for {seconds:.0f} s from "
            f"{one.since:%Y-%m-%d %H:%M:%S} UTC on, which counts as time without service"
        )


def _told(seconds: float | None) -> str:
    return "it could not be measured" if seconds is None else f"measured {seconds:.1f} s"
