"""Several clusters at once: told one by one, or by the tags that they have."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from dws.client import Client
from dws.lookup import NoSuchThing, find_cluster
from dws.operations.clusters import ListClusters
from dws.shapes import Cluster


async def selected(
    client: Client, names: Sequence[str], having: Mapping[str, str]
) -> tuple[Cluster, ...]:
    """
    The clusters of these names or ids, or else those that have all of some tags; each once.

    Args:
        having: Values by key; an empty value means any.

    Raises:
        NoSuchThing: A name tells none, or no cluster has the tags.
        Ambiguous: A name tells several.
        DwsError: The service refused or did not answer.
    """
    if names:
        named = [await find_cluster(client, name) for name in names]
        return tuple({cluster.id: cluster for cluster in named}.values())
    listed = (await client.call(ListClusters())).clusters
    found = [cluster for cluster in listed if _is_meant(cluster, having)]
    if not found:
        told = ", ".join(f"{key}={value}" if value else key for key, value in having.items())
        raise NoSuchThing(f"having={told}: no cluster has all of these tags")
    return tuple(found)


def _is_meant(cluster: Cluster, having: Mapping[str, str]) -> bool:
    if cluster.status == "DELETED":
        return False
    return all(
        cluster.tag(key) == value if value else cluster.tag(key) is not None
        for key, value in having.items()
    )
