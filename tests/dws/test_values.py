"""Times, numbers and passwords as the service writes them."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Annotated, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import SecretStr, TypeAdapter, ValidationError

from dws.values import (
    Amount,
    Count,
    Description,
    Moment,
    Port,
    Progress,
    ResourceName,
    Several,
    StrongPassword,
    UserName,
    names_user,
)

MOMENT: TypeAdapter[Any] = TypeAdapter(Moment)
COUNT: TypeAdapter[Any] = TypeAdapter(Count)
AMOUNT: TypeAdapter[Any] = TypeAdapter(Amount)


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        ("2023-01-16T02:11:19", datetime(2023, 1, 16, 2, 11, 19, tzinfo=UTC)),
        ("2016-02-10T14:28:14Z", datetime(2016, 2, 10, 14, 28, 14, tzinfo=UTC)),
        ("2025-05-19 09:06:18.0", datetime(2025, 5, 19, 9, 6, 18, tzinfo=UTC)),
        ("2025-05-19 09:06:18", datetime(2025, 5, 19, 9, 6, 18, tzinfo=UTC)),
        ("2025-05-15 14:04", datetime(2025, 5, 15, 14, 4, tzinfo=UTC)),
        ("1667295060000", datetime(2022, 11, 1, 9, 31, tzinfo=UTC)),
        (1667295060000, datetime(2022, 11, 1, 9, 31, tzinfo=UTC)),
        (1667295060000.0, datetime(2022, 11, 1, 9, 31, tzinfo=UTC)),
        (0, datetime(1970, 1, 1, tzinfo=UTC)),
        ("2026-11-21T04:48:45.123456Z", datetime(2026, 11, 21, 4, 48, 45, 123456, tzinfo=UTC)),
        ("2026-01-01T02:00:00+02:00", datetime(2026, 1, 1, tzinfo=UTC)),
        (" 2025-05-15 14:04 ", datetime(2025, 5, 15, 14, 4, tzinfo=UTC)),
    ],
)
def test_every_format_of_a_time_is_read_as_utc(written: Any, meant: datetime) -> None:
    read = MOMENT.validate_python(written)

    assert read == meant
    assert read.tzinfo is UTC


@pytest.mark.parametrize("written", ["", " ", "null", "None", "-", None])
def test_no_time_is_none(written: Any) -> None:
    assert MOMENT.validate_python(written) is None


@pytest.mark.parametrize("written", ["soon", "²", 10**20, 10**30, "9" * 30, float("inf"), [], {}])
def test_what_is_no_time_is_a_mistake_of_validation(written: Any) -> None:
    """Any other error would escape the client unnamed."""
    with pytest.raises(ValidationError):
        MOMENT.validate_python(written)


@given(moment=st.datetimes(timezones=st.just(UTC)))
def test_any_time_in_iso_is_read(moment: datetime) -> None:
    assert MOMENT.validate_python(moment.isoformat()) == moment


@pytest.mark.parametrize(
    ("written", "meant"),
    [
        (3, 3),
        ("3", 3),
        (" 6 ", 6),
        ("9%", 9),
        ("500 GB", 500),
        ("500,", 500),
        ("-1", -1),
        (3.0, 3),
        ("", None),
        ("null", None),
        ("-", None),
        (None, None),
    ],
)
def test_a_number_may_come_as_text(written: Any, meant: int | None) -> None:
    assert COUNT.validate_python(written) == meant


@pytest.mark.parametrize(
    ("written", "meant"), [("1.5 TB", 1.5), ("0.0", 0.0), (206400, 206400.0), ("", None)]
)
def test_an_amount_may_have_a_unit_behind_it(written: Any, meant: float | None) -> None:
    assert AMOUNT.validate_python(written) == meant


@pytest.mark.parametrize("written", ["many", "GB 5", [], {}])
def test_what_is_no_number_is_a_mistake_of_validation(written: Any) -> None:
    with pytest.raises(ValidationError):
        COUNT.validate_python(written)


@pytest.mark.parametrize(
    ("written", "meant"), [(None, []), ("", []), ([], []), ({"a": 1}, [{"a": 1}]), ([1, 2], [1, 2])]
)
def test_a_list_may_be_missing_or_be_its_only_item(written: Any, meant: list[Any]) -> None:
    assert TypeAdapter(Several[Any]).validate_python(written) == meant


@pytest.mark.parametrize("written", [None, "", {}, []])
def test_no_progress_is_empty(written: Any) -> None:
    assert TypeAdapter(Progress).validate_python(written) == {}


def fits(kind: Any, value: Any) -> bool:
    try:
        TypeAdapter(kind).validate_python(value)
    except ValidationError:
        return False
    return True


@pytest.mark.parametrize(
    ("name", "valid"),
    [
        ("dws1", True),
        ("rb-0123456789ab", True),
        ("A" * 64, True),
        ("abc", False),
        ("A" * 65, False),
        ("1abc", False),
        ("-abc", False),
        ("ab c", False),
        ("abcd\n", False),
        ("äbcd", False),
    ],
)
def test_the_name_of_a_resource_is_checked_before_it_is_sent(name: str, valid: bool) -> None:
    assert fits(ResourceName, name) is valid


@pytest.mark.parametrize(
    ("name", "valid"), [("dbadmin", True), ("_users", True), ("short", False), ("Admin1", False)]
)
def test_the_name_of_a_user_is_checked_before_it_is_sent(name: str, valid: bool) -> None:
    assert fits(UserName, name) is valid


@pytest.mark.parametrize(
    ("port", "valid"), [(8000, True), (30000, True), (7999, False), (0, False)]
)
def test_a_port_is_checked_before_it_is_sent(port: int, valid: bool) -> None:
    assert fits(Port, port) is valid


@pytest.mark.parametrize(
    ("text", "valid"), [("", True), ("before upgrade", True), ("a&b", False), ("x" * 257, False)]
)
def test_a_description_is_checked_before_it_is_sent(text: str, valid: bool) -> None:
    assert fits(Description, text) is valid


@pytest.mark.parametrize(
    ("password", "valid"),
    [
        ("Str0ng!Passw0rd", True),
        ("lower-case-0815", True),
        ("Sh0rt!", False),
        ("x1" * 17, False),
        ("onlysmallletters", False),
        ("smallletters0815", False),
        ("A1b" * 4, True),
        ("A1b" * 11, False),
    ],
)
def test_a_password_is_checked_before_it_is_sent(password: str, valid: bool) -> None:
    assert fits(Annotated[SecretStr, StrongPassword], SecretStr(password)) is valid


@pytest.mark.parametrize(
    ("password", "named"),
    [("xxDBADMINxx", True), ("xxnimdabdxx", True), ("xxdbadmixx", False), ("NIMDABD", True)],
)
def test_a_password_that_names_the_user_is_known(password: str, named: bool) -> None:
    assert names_user(SecretStr(password), "dbadmin") is named
