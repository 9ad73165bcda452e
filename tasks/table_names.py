"""Names of tables as people write them, read as SQL reads them."""

from __future__ import annotations

import re
from typing import Self

from pydantic import BaseModel, ConfigDict

_PART = r'"(?:[^"]|"")+"|[A-Za-z_][A-Za-z0-9_$]*'
_NAME = rf"\s*({_PART})\s*\.\s*({_PART})\s*"
_MOVE = re.compile(rf"{_NAME}(?:={_NAME})?")


class Table(BaseModel):
    """A table by its exact name."""

    model_config = ConfigDict(frozen=True)

    schema_name: str
    table_name: str

    def __str__(self) -> str:
        return f"{_quoted(self.schema_name)}.{_quoted(self.table_name)}"


class Move(BaseModel):
    """A table, and what it is to be called."""

    model_config = ConfigDict(frozen=True)

    source: Table
    target: Table

    @classmethod
    def parse(cls, text: str) -> Self:
        """
        Read ``schema.table=schema.new_name``, or ``schema.table`` for the same name.

        What is in double quotes is meant as it is; all else is put in small letters, as SQL does.

        Raises:
            ValueError: It is none; the message says how to write one.
        """
        found = _MOVE.fullmatch(text)
        if found is None:
            raise ValueError(
                f"{text!r} is no table; write it as schema.table=schema.new_name, with double "
                'quotes around what has capitals or blanks: public."Old Orders"'
            )
        source = Table(schema_name=_read(found[1]), table_name=_read(found[2]))
        if found[3] is None:
            return cls(source=source, target=source)
        return cls(
            source=source, target=Table(schema_name=_read(found[3]), table_name=_read(found[4]))
        )

    def __str__(self) -> str:
        return str(self.source) if self.source == self.target else f"{self.source}={self.target}"


def _read(part: str) -> str:
    return part[1:-1].replace('""', '"') if part.startswith('"') else part.lower()


def _quoted(name: str) -> str:
    if re.fullmatch(r"[a-z_][a-z0-9_$]*", name):
        return name
    return '"' + name.replace('"', '""') + '"'
