"""The command ``runbook``, called in this process."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from click.testing import CliRunner, Result

from runbooks.command import main

Call = Callable[..., Result]


@pytest.fixture
def runbook() -> Call:
    """Call it: ``runbook("call", "ListClusters")``; what it tells is in the result."""

    def called(*arguments: str, stdin: str = "") -> Result:
        result = CliRunner().invoke(main, arguments, input=stdin, prog_name="runbook")
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result

    return called
