"""Multipart form data, as some requests carry it."""

from __future__ import annotations

from email import policy
from email.message import MIMEPart
from email.parser import BytesParser
from typing import Any

from dws.emulator.call import Call
from dws.emulator.refused import Refused


def is_form(call: Call) -> bool:
    """Whether the body of a request is form data."""
    return (call.header(b"content-type") or "").lower().startswith("multipart/form-data")


def fields(call: Call) -> dict[str, Any]:
    """
    The fields of a form: texts by name, and files as name and content.

    Raises:
        Refused: It cannot be read.
    """
    head = f"Content-Type: {call.header(b'content-type')}\r\n\r\n".encode("latin-1")
    message = BytesParser(policy=policy.HTTP).parsebytes(head + call.body)
    if not message.is_multipart():
        raise Refused(400, "DWS.5065", "Invalid format: the body is no form data.")
    told: dict[str, Any] = {}
    for part in message.iter_parts():
        name = part.get_param("name", header="content-disposition")
        if not isinstance(name, str):
            raise Refused(400, "DWS.5065", "Invalid format: a part of the form has no name.")
        told[name] = _value(part)
    return told


def _value(part: MIMEPart) -> Any:
    payload = part.get_payload(decode=True)
    text = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    file_name = part.get_filename()
    return text if file_name is None else {"name": file_name, "content": text}
