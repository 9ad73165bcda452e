"""Looking before a change: the foresight of an action, as a task."""

from __future__ import annotations

from prefect import task
from prefect.cache_policies import NO_CACHE
from pydantic import BaseModel

from tasks.action import Action, Level, Preview
from tasks.credentials import connect
from tasks.run import Refused


@task(retries=0, cache_policy=NO_CACHE, persist_result=False)
async def preflight(account: str, action: Action, inputs: BaseModel, run_id: str) -> Preview:
    """
    Look at all that an action looks at before it begins.

    Raises:
        Refused: A finding blocks it; the message tells all that do.
    """
    async with connect(account) as client:
        preview = await action.foresee(client, account, inputs, run_id)
    blocks = [finding.told for finding in preview.findings if finding.level is Level.BLOCK]
    if blocks:
        raise Refused("; ".join(blocks))
    return preview
