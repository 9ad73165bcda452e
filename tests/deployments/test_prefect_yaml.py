"""The file of deployments is one that Prefect takes."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

ROOT = Path(__file__).parents[2]


def prefect(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT,
        env={**os.environ, "DWS_RUNBOOK_HOME": str(ROOT), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )


@pytest.mark.usefixtures("prefect_server")
async def test_every_deployment_is_taken_and_asks_what_its_flow_asks() -> None:
    prefect("work-pool", "create", "dws", "--type", "process")
    prefect("deploy", "--all", "--prefect-file", "deployments/prefect.yaml")

    async with get_client() as client:
        found = {item.entrypoint: item for item in await client.read_deployments()}

    assert set(found) == {
        "flows/backup_then_delete.py:backup_then_delete",
        "flows/cluster_lifecycle.py:cluster_lifecycle",
    }
    asked = found["flows/backup_then_delete.py:backup_then_delete"].parameter_openapi_schema
    assert {"account", "cluster", "run_id", "snapshot", "give_up", "proof"} == set(
        asked["properties"]
    )
