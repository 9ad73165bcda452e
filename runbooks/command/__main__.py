"""``python -m runbooks.command``: the same as ``runbook``."""

from runbooks.command import main

main(prog_name="runbook")
