"""Runbooks as text, for tests."""

from __future__ import annotations

from pathlib import Path

from runbooks.engine.check import sound
from runbooks.engine.document import read
from runbooks.engine.load import Loaded

HEAD = """\
apiVersion: dws.runbook/v1
kind: Runbook
metadata: {name: example, version: "1.0.0", title: Example, owner: us}
"""
LOOK = """\
risk: read
params:
  cluster: {type: dws.cluster, title: Which}
  details: {type: boolean, default: true}
steps:
  - id: all
    uses: clusters.list_clusters
  - id: one
    uses: clusters.list_cluster_details
    when: params.details and steps.all.outputs.clusters | length > 0
    with: {cluster_id: "{{ steps.all.outputs.clusters[0].id }}"}
  - id: taken
    uses: snapshots.list_snapshots
    when: steps.one.status == 'done' and steps.one.outputs.cluster.name == params.cluster
"""
BACKUP = """\
risk: mutate
params:
  name: {type: string}
steps:
  - id: all
    uses: clusters.list_clusters
  - id: take
    uses: snapshots.create_snapshot
    with:
      snapshot: {name: "{{ params.name }}", cluster_id: "{{ steps.all.outputs.clusters[0].id }}"}
  - id: see
    uses: snapshots.list_snapshot_details
    with: {snapshot_id: "{{ steps.take.outputs.snapshot.id }}"}
"""


def loaded(body: str) -> Loaded:
    """The runbook ``example`` with that body."""
    return sound(read(HEAD + body, "example.yaml"))


def placed(body: str, folder: Path) -> Path:
    """The runbook ``example`` with that body, as a file."""
    file = folder / "example.yaml"
    file.write_text(HEAD + body, encoding="utf-8")
    return file
