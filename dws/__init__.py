"""Typed client of the GaussDB(DWS) API."""

from dws.client import Client
from dws.errors import BadSetting, DwsError
from dws.operation import Operation, Repeat
from dws.settings import Account

__all__ = ["Account", "BadSetting", "Client", "DwsError", "Operation", "Repeat"]
