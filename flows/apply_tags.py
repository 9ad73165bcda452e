"""See to it that clusters have the tags that they should: for cost centres, owners, protection."""

from __future__ import annotations

from prefect import flow

from dws.operations.tags import TagToDelete
from dws.shapes import Tag
from flows.declared.apply_tags import ACTION, Difference, Inputs, Outputs, difference, tags_lock
from flows.steps.change import Change, Stage, bring_about
from flows.steps.procedure import Aim, OneCluster, Work, procedure
from tasks import clusters as cluster_tasks
from tasks import tags as tag_tasks
from tasks.selection import selected


class Tagged(Aim):
    """Clusters whose tags are changed."""

    clusters: tuple[OneCluster, ...]

    def locks(self, account: str) -> tuple[str, ...]:
        return (tags_lock(account),)


@flow(name="apply-tags", retries=0)
async def apply_tags(  # noqa: PLR0913 - what an operator may tell
    account: str,
    clusters: tuple[str, ...] = (),
    tag: str | None = None,
    tags: dict[str, str] | None = None,
    absent: tuple[str, ...] = (),
    *,
    remove_others: bool = False,
    run_id: str | None = None,
) -> Outputs:
    """
    See to it that clusters have some tags and not others; those that do are left alone.

    Which clusters is found once: a second run of the same id goes on with the same. The tag
    ``runbook-protected`` goes only if ``absent`` names it, never with ``remove_others``.

    Args:
        account: Name of the account; ``default`` is that of the environment.
        clusters: Names or ids.
        tag: In their place: ``key=value``, or ``key`` for any value, that the clusters have.
        tags: To be there, with these values.
        absent: Keys not to be there.
        remove_others: Whether all tags that are not told go.
        run_id: Names the run, so that it can be gone on with; the flow run's id if not told.

    Raises:
        NoSuchThing, Ambiguous: The clusters are not told well; nothing was changed.
        Refused: A cluster would have more than twenty tags; nothing was changed.
        Stopped: Tags do not stay as they were set.
        RequestFailed, Unreachable: The service refused, or did not answer.
    """
    inputs = Inputs(
        clusters=clusters,
        tag=tag,
        tags=tags or {},
        absent=absent,
        remove_others=remove_others,
    )

    async def find() -> Tagged:
        listed = (await cluster_tasks.list_clusters(account)).clusters
        found = selected(listed, inputs)
        return Tagged(
            clusters=tuple(OneCluster(cluster_id=c.id, cluster_name=c.name) for c in found)
        )

    async with procedure(ACTION, account, inputs, Tagged, find=find, run_id=run_id) as work:
        changed = [one.cluster_name for one in work.aim.clusters if await _apply(work, one)]
        names = tuple(one.cluster_name for one in work.aim.clusters)
        return Outputs(clusters=names, changed=tuple(changed))


async def _apply(work: Work[Inputs, Tagged], one: OneCluster) -> bool:
    """Removal goes first: there may be no room for more. Whether this run changed anything."""
    if not await _left(work, one):
        return False
    removed = await bring_about(work, _removal(work, one))
    return await bring_about(work, _setting(work, one)) or removed


def _removal(work: Work[Inputs, Tagged], one: OneCluster) -> Change:
    async def stage() -> Stage:
        return Stage.NOT_BEGUN if (await _left(work, one)).to_remove else Stage.DONE

    async def act() -> None:
        unwanted = (await _left(work, one)).to_remove
        told = [TagToDelete(key=key, value=value) for key, value in unwanted.items()]
        await tag_tasks.batch_delete_resource_tag(
            work.account, cluster_id=one.cluster_id, tags=told
        )

    return Change(what=f"removal of tags of {one.cluster_name}", stage=stage, act=act)


def _setting(work: Work[Inputs, Tagged], one: OneCluster) -> Change:
    async def stage() -> Stage:
        return Stage.NOT_BEGUN if (await _left(work, one)).to_set else Stage.DONE

    async def act() -> None:
        wanted = (await _left(work, one)).to_set
        told = [Tag(key=key, value=value) for key, value in wanted.items()]
        await tag_tasks.batch_create_resource_tag(
            work.account, cluster_id=one.cluster_id, tags=told
        )

    return Change(what=f"setting of tags of {one.cluster_name}", stage=stage, act=act)


async def _left(work: Work[Inputs, Tagged], one: OneCluster) -> Difference:
    told = await tag_tasks.list_cluster_tags(work.account, cluster_id=one.cluster_id)
    return difference(work.inputs, {tag.key: tag.value for tag in told.tags})
