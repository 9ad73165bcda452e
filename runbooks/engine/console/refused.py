"""How it is told that something was not begun: apart, as these errors take time to import."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy.exc import SQLAlchemyError

from dws.errors import BadSetting, DwsError
from dws.lookup import Ambiguous, NoSuchThing
from runbooks.engine.console.mistaken import BAD_INPUT, REFUSED, Told, plainly
from runbooks.engine.names import Unfit
from runbooks.server import ServerFailed

INTERRUPTED = 130


@contextmanager
def nothing_done() -> Iterator[None]:
    """
    Tell what goes wrong before anything was done.

    Raises:
        Told: In place of what a person can put right.
    """
    try:
        with plainly():
            yield
    except KeyboardInterrupt:
        raise Told(["interrupted; nothing was changed"], INTERRUPTED) from None
    except BadSetting as error:
        raise Told(error.problems, BAD_INPUT) from None
    except (NoSuchThing, Ambiguous, Unfit) as error:
        raise Told([str(error)], BAD_INPUT) from None
    except (DwsError, ServerFailed) as error:
        raise Told([f"{error}; nothing was changed"], REFUSED) from None
    except SQLAlchemyError as error:
        why = getattr(error, "orig", None) or error
        told = f"the journal cannot be used: {why}; see RUNBOOK_JOURNAL. Nothing was changed"
        raise Told([" ".join(told.split())], REFUSED) from None
