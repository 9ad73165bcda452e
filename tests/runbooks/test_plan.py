from __future__ import annotations

import pytest

from dws.lookup import NoSuchThing
from dws.settings import Account
from runbooks.engine import plan_text
from runbooks.engine.check import sound
from runbooks.engine.load import Loaded, document_of
from runbooks.engine.names import Unfit
from runbooks.engine.order import Order
from runbooks.engine.parameters import resolved, told
from runbooks.engine.plan import Plan, plan
from runbooks.engine.shelf import found
from tasks.action import Effect
from tests.cloud import Cloud
from tests.runbooks.sources import BACKUP, LOOK, loaded

PROTECTED = {
    "clusters": [{"name": "demo", "nodes": 3, "tags": {"runbook-protected": "yes"}}],
}


async def planned(runbook: Loaded, *pairs: str, run_id: str = "r1") -> Plan:
    order = Order(runbook, resolved(runbook.runbook, told(pairs)), "default", "live", run_id)
    async with Account.from_environment().client() as client:
        return await plan(order, client)


def shelved() -> Loaded:
    return sound(document_of(found("backup-then-delete")))


async def test_a_plan_names_the_target_and_changes_nothing(cloud: Cloud, account: str) -> None:
    made = await planned(shelved(), "cluster=demo")

    assert [target.name for target in made.targets] == ["demo"]
    assert made.effects() == {Effect.DESTRUCTIVE: 1}
    assert made.blocks == ()
    assert cloud.changes() == []


async def test_the_hash_is_of_what_an_approval_would_be_for(cloud: Cloud, account: str) -> None:
    first = await planned(shelved(), "cluster=demo", run_id="r1")
    same = await planned(shelved(), "cluster=demo", run_id="r2")
    other = await planned(shelved(), "cluster=demo", "give_up=weekly")

    assert first.hash == same.hash
    assert first.hash != other.hash


@pytest.mark.parametrize("cloud", [PROTECTED], indirect=True)
async def test_a_protected_cluster_blocks(cloud: Cloud, account: str) -> None:
    made = await planned(shelved(), "cluster=demo")

    assert len(made.blocks) == 1
    assert "runbook-protected" in made.blocks[0]


async def test_a_cluster_that_is_not_there_is_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(NoSuchThing, match="dmo"):
        await planned(shelved(), "cluster=dmo")


async def test_reads_are_done_and_conditions_decided(cloud: Cloud, account: str) -> None:
    full = await planned(loaded(LOOK), "cluster=demo")
    short = await planned(loaded(LOOK), "cluster=demo", "details=no")

    assert [step.verdict for step in full.steps] == ["was read"] * 3
    assert [step.verdict for step in short.steps] == ["was read", "would skip", "would skip"]


async def test_what_depends_on_a_change_is_not_known_yet(cloud: Cloud, account: str) -> None:
    made = await planned(loaded(BACKUP), "name=nightly")

    assert [(step.verdict, step.why) for step in made.steps] == [
        ("was read", ""),
        ("would run", ""),
        ("not known yet", "with what: steps.take.outputs.snapshot.id"),
    ]
    assert cloud.changes() == []


async def test_values_that_do_not_fit_are_told(cloud: Cloud, account: str) -> None:
    with pytest.raises(Unfit, match=r"steps\.take\.with: snapshot\.name: .*pattern"):
        await planned(loaded(BACKUP), "name=1")


async def test_a_plan_reads_well(cloud: Cloud, account: str) -> None:
    made = await planned(loaded(BACKUP), "name=nightly")

    content = made.order.loaded.content_hash[:12]
    assert list(plan_text.lines(made)) == [
        f"PLAN  example 1.0.0 (sha256 {content})  mode live",
        "  account  default",
        "  param    name = nightly",
        "  steps    read 2   mutate 1   destructive 0   not known yet 1",
        "           1 all   clusters.list_clusters   read   was read",
        "           2 take   snapshots.create_snapshot   mutate",
        (
            "           3 see   snapshots.list_snapshot_details   read   "
            "not known yet (with what: steps.take.outputs.snapshot.id)"
        ),
        f"  hash     {made.hash}",
    ]
    assert plan_text.told(made)["effects"] == {"read": 2, "mutate": 1, "destructive": 0}
