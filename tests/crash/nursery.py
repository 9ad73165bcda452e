"""
Runs the command `runbook` in processes that have imported everything already.

A process of its own that forks: it reads one JSON object per line (``arguments, environment,
printed``), answers ``{"pid"}`` at once and ``{"code"}`` when that child has ended. To import
Prefect anew for each of some hundred runs would take most of their time.
"""

from __future__ import annotations

import json
import os
import pkgutil
import sys
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn

import flows
from runbooks.command import main


def _import_all() -> None:
    for name in ("runbooks.engine.run", "runbooks.engine.console.running"):
        import_module(name)
    for module in pkgutil.iter_modules(flows.__path__):
        import_module(f"flows.{module.name}")


def _child(order: dict[str, Any]) -> NoReturn:
    os.environ.update(order["environment"])
    printed = os.open(order["printed"], os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    os.dup2(printed, 1)
    os.dup2(printed, 2)
    code: Any = 1
    try:
        main.main(order["arguments"], prog_name="runbook")
    except SystemExit as ended:
        code = ended.code
    finally:
        sys.stdout.flush()
        os._exit(code if isinstance(code, int) else 0)


def serve() -> None:
    """Answer orders until the input ends."""
    answers = os.fdopen(os.dup(1), "w", buffering=1)
    _import_all()
    for line in sys.stdin:
        order = json.loads(line)
        if (pid := os.fork()) == 0:
            _child(order)
        answers.write(json.dumps({"pid": pid}) + "\n")
        _, status = os.waitpid(pid, 0)
        answers.write(json.dumps({"code": os.waitstatus_to_exitcode(status)}) + "\n")


def folder() -> Path:
    """Where the packages lie."""
    return Path(__file__).parents[2]


if __name__ == "__main__":
    serve()
