from __future__ import annotations

import pytest

from dws.told.logical_clusters import RingHostTold, RingTold
from tasks.rings import as_sent, nodes_in, reachable, resized, sizes, with_nodes


def ring(name: str, hosts: int) -> RingTold:
    told = [RingHostTold(host_name=f"{name}-{n}", back_ip="10.0.0.1") for n in range(hosts)]
    return RingTold(ring_hosts=told)


A, B, C, D = ring("a", 3), ring("b", 3), ring("c", 4), ring("d", 4)


def test_rings_are_chosen_by_their_nodes_early_ones_first() -> None:
    assert with_nodes([A, B, C], 3) == (A,)
    assert with_nodes([A, B, C], 7) == (A, C)
    assert with_nodes([A, B, C], 5) is None
    assert with_nodes([], 0) == ()
    assert reachable([A, B, C]) == (0, 3, 4, 6, 7, 10)


@pytest.mark.parametrize(
    ("nodes", "expected"),
    [(3, (A,)), (6, (A, B)), (7, (A, C)), (10, (A, B, C)), (14, (A, B, C, D)), (11, None)],
)
def test_a_logical_cluster_keeps_its_first_ring(
    nodes: int, expected: tuple[RingTold, ...] | None
) -> None:
    assert resized([A, B, C], [D], [], nodes) == expected


def test_a_fixed_ring_stays() -> None:
    assert resized([A, B, C], [], [C], 6) is None
    assert resized([A, B, C], [], [C], 7) == (A, C)
    assert sizes([A, B, C], [D], [C]) == (7, 10, 14)


def test_many_rings_are_chosen_of_at_once() -> None:
    many = [ring(f"r{n}", 3 + n % 2) for n in range(80)]

    chosen = with_nodes(many, 200)

    assert chosen is not None
    assert nodes_in(chosen) == 200


def test_a_ring_is_told_back_as_it_was_told() -> None:
    sent = as_sent([A])

    assert [host.host_name for host in sent[0].ring_hosts] == ["a-0", "a-1", "a-2"]
