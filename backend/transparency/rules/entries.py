"""What the log says: one statement an entry, as canonical JSON (attestation.md, Log entry).

Digests only: nothing of a person ever enters the log, so erasing a person's data never has to touch it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Literal, get_args

from backend.kernel.canonical import canonical_bytes, strict_json
from backend.kernel.errors import Invalid
from backend.transparency.rules.tiles import MAX_ENTRY_BYTES

StatementType = Literal["issued", "superseded", "revoked", "key", "status-list", "questionnaire"]
STATEMENT_TYPES: frozenset[str] = frozenset(get_args(StatementType))

_REQUIRED = frozenset({"type", "id", "digest", "at"})
_ALLOWED = _REQUIRED | {"previous"}
# Printable ASCII without spaces: identifiers and addresses fit, names and sentences do not.
_ID = re.compile(r"[\x21-\x7e]{1,300}")
_DIGEST = re.compile(r"sha-256:[0-9a-f]{64}")
_AT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z")


@dataclass(frozen=True, slots=True)
class LogStatement:
    """What became of the thing named `id` whose canonical form has the `digest`.

    `digest` and `previous` (of what stood there before) have the form `sha-256:` and 64 hex digits. `at` is an aware
    UTC datetime and is cut to whole seconds, because that is what the log keeps. Raises Invalid for anything else.
    """

    type: StatementType
    id: str
    digest: str
    at: datetime
    previous: str | None = None

    def __post_init__(self) -> None:
        if self.type not in STATEMENT_TYPES:
            raise Invalid(f"the type of a log statement is one of {', '.join(get_args(StatementType))}")
        if not _ID.fullmatch(self.id):
            raise Invalid("the id must be 1 to 300 printable ASCII characters without spaces")
        digests = (self.digest,) if self.previous is None else (self.digest, self.previous)
        if not all(_DIGEST.fullmatch(digest) for digest in digests):
            raise Invalid("a digest has the form `sha-256:` and 64 lower-case hex digits")
        if self.at.utcoffset() != timedelta(0):
            raise Invalid("the time must be an aware UTC time")
        object.__setattr__(self, "at", self.at.replace(tzinfo=UTC, microsecond=0, fold=0))


def entry_bytes(statement: LogStatement) -> bytes:
    """Return the entry: the JCS form of the statement, `previous` left out where there is none."""
    content = {
        "type": statement.type,
        "id": statement.id,
        "digest": statement.digest,
        "at": statement.at.isoformat().replace("+00:00", "Z"),
    }
    if statement.previous is not None:
        content["previous"] = statement.previous
    return canonical_bytes(content)


def parse_entry(data: bytes) -> LogStatement:
    """Return the statement of an entry. Raises Invalid, also where the bytes are not the canonical ones."""
    if len(data) > MAX_ENTRY_BYTES:
        raise Invalid(f"an entry may have {MAX_ENTRY_BYTES} bytes, not {len(data)}")
    content = strict_json(data)
    if not isinstance(content, dict) or not _REQUIRED <= content.keys() <= _ALLOWED:
        raise Invalid("an entry holds type, id, digest, at and perhaps previous, and nothing else")
    if not all(isinstance(value, str) for value in content.values()):
        raise Invalid("every value of an entry is text")
    statement = LogStatement(**{**content, "at": _parse_at(content["at"])})
    if entry_bytes(statement) != data:
        raise Invalid("an entry must be in its canonical form")
    return statement


def _parse_at(text: str) -> datetime:
    if not _AT.fullmatch(text):
        raise Invalid("a time is written as 2026-11-24T10:00:00Z")
    try:
        return datetime.fromisoformat(text)
    except ValueError as error:
        raise Invalid(f"there is no time {text}") from error
