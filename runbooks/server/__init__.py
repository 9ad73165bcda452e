"""
The Prefect API that runs go to: the one of the settings, else one local server per user.

Nothing here imports Prefect, so that its environment can still be set.
"""

from runbooks.server.health import ServerFailed
from runbooks.server.local import running, start, stop
from runbooks.server.record import Server
from runbooks.server.use import use_prefect

__all__ = ["Server", "ServerFailed", "running", "start", "stop", "use_prefect"]
