"""Choosing rings by their number of nodes: three or four hosts that go together."""

from __future__ import annotations

from collections.abc import Sequence

from dws.sent.logical_clusters import ClusterRing, RingHost
from dws.told.logical_clusters import RingTold


def nodes_in(rings: Sequence[RingTold]) -> int:
    """How many nodes rings have together."""
    return sum(len(ring.ring_hosts) for ring in rings)


def with_nodes(rings: Sequence[RingTold], nodes: int) -> tuple[RingTold, ...] | None:
    """Some of the rings that have so many nodes together, early ones first; None if none have."""
    return _sums(rings).get(nodes)


def reachable(rings: Sequence[RingTold]) -> tuple[int, ...]:
    """The numbers of nodes that some of the rings have together, none of them included."""
    return tuple(sorted(_sums(rings)))


def is_among(ring: RingTold, rings: Sequence[RingTold]) -> bool:
    """Whether a ring is one of these, by the names of its hosts."""
    return _hosts(ring) in [_hosts(other) for other in rings]


def as_sent(rings: Sequence[RingTold]) -> list[ClusterRing]:
    """Rings as the service told them, to be told back."""
    return [
        ClusterRing(
            ring_hosts=[
                RingHost(
                    host_name=host.host_name,
                    back_ip=host.back_ip,
                    cpu_cores=host.cpu_cores or 0,
                    memory=host.memory or 0.0,
                    disk_size=host.disk_size or 0.0,
                )
                for host in ring.ring_hosts
            ]
        )
        for ring in rings
    ]


def _sums(rings: Sequence[RingTold]) -> dict[int, tuple[RingTold, ...]]:
    """A choice of rings for each sum that there is: the first that was found."""
    found: dict[int, tuple[RingTold, ...]] = {0: ()}
    for ring in rings:
        for nodes, chosen in list(found.items()):
            found.setdefault(nodes + len(ring.ring_hosts), (*chosen, ring))
    return found


def _hosts(ring: RingTold) -> frozenset[str]:
    return frozenset(host.host_name for host in ring.ring_hosts)


def resized(
    own: Sequence[RingTold], free: Sequence[RingTold], fixed: Sequence[RingTold], nodes: int
) -> tuple[RingTold, ...] | None:
    """
    The rings of a logical cluster that is to have so many nodes; None if there are no such.

    Args:
        own: What it has; the first ring stays with it.
        free: What may be added.
        fixed: What may not be taken away.
    """
    more = nodes - nodes_in(own)
    if more >= 0:
        added = with_nodes(free, more)
        return None if added is None else (*own, *added)
    gone = with_nodes(_removable(own, fixed), -more)
    return None if gone is None else tuple(ring for ring in own if not is_among(ring, gone))


def sizes(
    own: Sequence[RingTold], free: Sequence[RingTold], fixed: Sequence[RingTold]
) -> tuple[int, ...]:
    """The numbers of nodes that a logical cluster may be resized to, that which it has included."""
    present = nodes_in(own)
    fewer = {present - nodes for nodes in reachable(_removable(own, fixed))}
    more = {present + nodes for nodes in reachable(free)}
    return tuple(sorted(fewer | more))


def _removable(own: Sequence[RingTold], fixed: Sequence[RingTold]) -> list[RingTold]:
    """The last one first, as the service takes them."""
    return [ring for ring in reversed(own[1:]) if not is_among(ring, fixed)]
