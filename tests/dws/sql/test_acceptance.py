"""Statements of the user's own: what is one, and which answer is a yes."""

from __future__ import annotations

import pytest

from dws.sql.acceptance import accept, statements_in
from dws.sql.connection import connected
from dws.sql.login import Login


@pytest.mark.parametrize(
    ("text", "statements"),
    [
        ("SELECT 1;", ["SELECT 1"]),
        ("SELECT 1", ["SELECT 1"]),
        ("SELECT 1;\nSELECT\n 2;\n", ["SELECT 1", "SELECT\n 2"]),
        ("SELECT 'a;b';  \nSELECT 2; -- two", ["SELECT 'a;b'", "SELECT 2"]),
        ("-- only a remark\n\n;\n", []),
        ("-- why\nSELECT 1;\n", ["-- why\nSELECT 1"]),
        ("", []),
    ],
)
def test_a_statement_ends_with_a_semicolon_at_a_lines_end(text: str, statements: list[str]) -> None:
    assert list(statements_in(text)) == statements


@pytest.mark.parametrize(
    ("statement", "told"),
    [
        ("SELECT true, 5", ""),
        ("SELECT 5 % 2 = 1", ""),
        ("SELECT false", "its first column is False, not true"),
        ("SELECT NULL::bool", "its first column is None, not true"),
        ("SELECT 1", "its first column is 1, not true"),
        ("SELECT true WHERE false", "it answered 0 rows, not one"),
        ("CREATE TABLE t (a int)", "it answered 0 rows, not one"),
    ],
)
async def test_one_row_that_begins_with_true_is_a_yes(
    login: Login, statement: str, told: str
) -> None:
    async with connected(login) as database:
        found = await accept(database, statement)

    assert (found.passed, found.told) == (not told, told)


async def test_a_refused_statement_is_a_no_with_the_databases_words(login: Login) -> None:
    async with connected(login) as database:
        found = await accept(database, "SELECT * FROM nowhere")

    assert not found.passed
    assert 'relation "nowhere" does not exist' in found.told
