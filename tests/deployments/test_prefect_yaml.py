"""The file of deployments is one that Prefect takes, and has every flow."""

from __future__ import annotations

import os
import pkgutil
import subprocess
import sys
from pathlib import Path

import pytest
from prefect.client.orchestration import get_client

import flows
from runbooks.engine.actions import action_named

ROOT = Path(__file__).parents[2]
FLOWS = [module.name for module in pkgutil.iter_modules(flows.__path__) if not module.ispkg]


def prefect(*arguments: str) -> None:
    subprocess.run(
        [sys.executable, "-m", "prefect", "--no-prompt", *arguments],
        cwd=ROOT,
        env={**os.environ, "DWS_RUNBOOK_HOME": str(ROOT), "PYTHONPATH": str(ROOT)},
        check=True,
        capture_output=True,
    )


@pytest.mark.usefixtures("prefect_server")
async def test_every_flow_is_deployed_and_asks_what_it_declares() -> None:
    prefect("work-pool", "create", "dws", "--type", "process")
    prefect("deploy", "--all", "--prefect-file", "deployments/prefect.yaml")

    async with get_client() as client:
        found = {item.entrypoint: item for item in await client.read_deployments(limit=200)}

    assert set(found) == {f"flows/{name}.py:{name}" for name in FLOWS}
    for name in FLOWS:
        action, deployed = action_named(name), found[f"flows/{name}.py:{name}"]
        asked = deployed.parameter_openapi_schema["properties"]
        assert set(asked) == {"account", "run_id", *action.inputs.model_fields}
        assert deployed.description == f"{action.title}."
        assert set(deployed.tags) == {"dws", action.effect.word}
