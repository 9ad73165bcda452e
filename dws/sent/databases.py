"""What may be granted on what: parts of the requests of `dws.operations.databases`."""

from __future__ import annotations

from typing import Annotated, Any, Self

from pydantic import Field, model_validator

from dws.operation import Part

KINDS = "DATABASE|SCHEMA|TABLE|VIEW|COLUMN|FUNCTION|SEQUENCE|NODEGROUP"
"""Of objects, as alternatives of a pattern."""
ObjectKind = Annotated[str, Field(pattern=rf"^(?i:{KINDS})$")]
"""In either case of letters: tables and samples differ."""
IN_SCHEMA = frozenset({"TABLE", "VIEW", "COLUMN", "FUNCTION", "SEQUENCE"})

_ON_TABLES = (
    "SELECT INSERT UPDATE DELETE TRUNCATE REFERENCES TRIGGER ANALYZE ANALYSE VACUUM ALTER DROP"
)
PRIVILEGES = {
    "DATABASE": frozenset(["CREATE", "CONNECT", "TEMPORARY", "TEMP"]),
    "SCHEMA": frozenset(["CREATE", "USAGE", "ALTER", "DROP"]),
    "TABLE": frozenset(_ON_TABLES.split()),
    "VIEW": frozenset(_ON_TABLES.split()),
    "COLUMN": frozenset(["SELECT", "INSERT", "UPDATE", "REFERENCES"]),
    "FUNCTION": frozenset({"EXECUTE"}),
    "SEQUENCE": frozenset(["SELECT", "UPDATE", "USAGE"]),
    "NODEGROUP": frozenset(["CREATE", "USAGE", "COMPUTE"]),
}
"""What may be granted on a kind of object, beside ALL PRIVILEGES. Reference 5.15.7."""
ALL = "ALL PRIVILEGES"


def require_known(kind: str, permissions: list[str]) -> None:
    """
    See that permissions exist for a kind of object.

    Raises:
        ValueError: One does not.
    """
    known = PRIVILEGES.get(kind.upper())
    for permission in permissions:
        if known is not None and permission.upper() not in known | {ALL}:
            raise ValueError(f"{permission} cannot be granted on a {kind.upper()}")


class Privilege(Part):
    """Something that one may do; of type ROLE it is the name of a role."""

    permission: str = Field(min_length=1)
    grant_with: bool
    """Whether one may grant it to others."""


class Revocation(Part):
    """Something that one may do no more."""

    permission: str = Field(min_length=1)
    revoke_with: bool
    """Take away only the right to grant it to others."""


class Membership(Part):
    """A role that a user gets."""

    name: str = Field(min_length=1)
    grant_with: bool | None = None


class Grant(Part):
    """What a new user may do with an object."""

    type: ObjectKind
    database: str | None = None
    schema_name: str | None = Field(default=None, alias="schema")
    obj_name: str | None = None
    all_object: bool | None = None
    """All objects of the schema."""
    column_name: str | None = None
    privileges: list[Privilege] = []

    @model_validator(mode="before")
    @classmethod
    def _misspelt(cls, given: Any) -> Any:
        # `privleges` in the sample of reference 5.15.4.
        if isinstance(given, dict) and "privleges" in given:
            given = {"privileges": given["privleges"], **given}
            del given["privleges"]
        return given

    @model_validator(mode="after")
    def _fits(self) -> Self:
        kind = self.type.upper()
        if kind != "DATABASE" and self.database is None:
            raise ValueError("database is needed for all types but DATABASE")
        if kind in IN_SCHEMA and self.schema_name is None:
            raise ValueError(f"schema is needed for a {kind}")
        require_known(kind, [privilege.permission for privilege in self.privileges])
        return self
