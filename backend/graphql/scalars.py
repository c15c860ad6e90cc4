"""Scalars that say what they are, and are read more strictly than the library does."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Mapping
from datetime import date, datetime
from uuid import UUID

import strawberry
from graphql import GraphQLError
from strawberry.scalars import Base64
from strawberry.types.scalar import ScalarDefinition


def _read_base64(value: object) -> bytes:
    """Read strictly: a character that the library skips would be missing from the document."""
    try:
        return base64.b64decode(value if isinstance(value, str) else "!", validate=True)
    except (binascii.Error, ValueError) as error:
        raise GraphQLError("This is not Base64 of the standard alphabet, with its padding.") from error


def _read_uuid(value: object) -> UUID:
    try:
        return UUID(value if isinstance(value, str) else "")
    except ValueError as error:
        raise GraphQLError("This is not a UUID, such as 01936a8b-5a00-7000-8000-000000000073.") from error


def _read_instant(value: object) -> datetime:
    try:
        return datetime.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise GraphQLError("This is not an instant, such as 2026-11-24T10:00:00+00:00.") from error


def _read_day(value: object) -> date:
    try:
        return date.fromisoformat(value if isinstance(value, str) else "")
    except ValueError as error:
        raise GraphQLError("This is not a day, such as 2026-11-24.") from error


SCALARS: Mapping[object, ScalarDefinition] = {
    Base64: strawberry.scalar(
        name="Base64",
        description="Bytes in Base64 of the standard alphabet, with padding.",
        serialize=lambda value: base64.b64encode(value).decode(),
        parse_value=_read_base64,
    ),
    UUID: strawberry.scalar(
        name="UUID", description="A UUID in its usual form of 36 characters.", serialize=str, parse_value=_read_uuid
    ),
    date: strawberry.scalar(
        name="Date",
        description="A day as in ISO 8601, such as 2026-11-24.",
        serialize=lambda value: value.isoformat(),
        parse_value=_read_day,
    ),
    datetime: strawberry.scalar(
        name="DateTime",
        description="An instant as in ISO 8601, with its distance from UTC.",
        serialize=lambda value: value.isoformat(),
        parse_value=_read_instant,
    ),
}
