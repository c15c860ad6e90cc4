"""What an entry says, byte by byte, and that there is one spelling of it only."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import Invalid
from backend.transparency.rules.entries import LogStatement, StatementType, entry_bytes, parse_entry

DIGEST = "sha-256:" + "0123456789abcdef" * 4
OTHER = "sha-256:" + "f" * 64
AT = datetime(2026, 11, 24, 10, 0, 0, tzinfo=UTC)
STATEMENT = LogStatement("issued", "0193-a", DIGEST, AT)
CONTENT: dict[str, Any] = {"type": "issued", "id": "0193-a", "digest": DIGEST, "at": "2026-11-24T10:00:00Z"}


def jcs(content: object) -> bytes:
    return json.dumps(content, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def test_the_bytes_of_an_entry() -> None:
    rest = f'"digest":"{DIGEST}","id":"0193-a"'
    assert entry_bytes(STATEMENT) == f'{{"at":"2026-11-24T10:00:00Z",{rest},"type":"issued"}}'.encode()
    replaced = LogStatement("superseded", "0193-a", DIGEST, AT, previous=OTHER)
    assert (
        entry_bytes(replaced)
        == f'{{"at":"2026-11-24T10:00:00Z",{rest},"previous":"{OTHER}","type":"superseded"}}'.encode()
    )


def test_the_time_is_kept_in_whole_seconds() -> None:
    assert LogStatement("issued", "0193-a", DIGEST, AT.replace(microsecond=999_999)) == STATEMENT


@given(
    st.sampled_from(get_args(StatementType)),
    st.text(alphabet=st.characters(min_codepoint=0x21, max_codepoint=0x7E), min_size=1, max_size=300),
    st.datetimes(timezones=st.just(UTC)),
    st.sampled_from([None, OTHER]),
)
def test_every_statement_reads_back(kind: StatementType, name: str, at: datetime, previous: str | None) -> None:
    statement = LogStatement(kind, name, DIGEST, at, previous)
    assert parse_entry(entry_bytes(statement)) == statement


def changed(**values: object) -> bytes:
    return jcs({**CONTENT, **values})


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\xff",
        b"null",
        b"[]",
        b'"issued"',
        b"[" * 60_000,
        b" " * 65_536,
        jcs({key: value for key, value in CONTENT.items() if key != "at"}),
        changed(name="Somebody"),
        changed(type="deleted"),
        changed(type=1),
        changed(type=None),
        changed(type=["issued"]),
        changed(id=""),
        changed(id="a b"),
        changed(id="Zoë"),
        changed(id="a" * 301),
        changed(id=7),
        changed(digest=DIGEST.upper()),
        changed(digest=DIGEST[:-1]),
        changed(digest=DIGEST + "0"),
        changed(digest=DIGEST + "\n"),
        changed(digest=DIGEST.removeprefix("sha-256:")),
        changed(previous=None),
        changed(previous=""),
        changed(previous="0193-b"),
        changed(at="2026-11-24T10:00:00+00:00"),
        changed(at="2026-11-24T10:00:00.5Z"),
        changed(at="2026-11-24T10:00:60Z"),
        changed(at="2026-11-24T24:00:00Z"),
        changed(at="2026-02-30T10:00:00Z"),
        changed(at="2026-11-24t10:00:00z"),
        changed(at="2026-11-24 10:00:00Z"),
        changed(at="2026-11-24"),
        changed(at=1795514400),
        entry_bytes(STATEMENT) + b"\n",
        entry_bytes(STATEMENT).replace(b":", b": ", 1),
        entry_bytes(STATEMENT).replace(b"0193-a", b"\\u00300193-a"),
        entry_bytes(STATEMENT).replace(b"0193-a", b"\\ud800"),
        entry_bytes(STATEMENT).replace(b'"type"', b'"type":"issued","type"'),
        json.dumps(CONTENT, separators=(",", ":")).encode(),
    ],
)
def test_anything_else_is_refused(data: bytes) -> None:
    with pytest.raises(Invalid):
        parse_entry(data)


@given(st.integers(0, 200), st.integers(0, 255))
def test_a_changed_byte_is_refused_or_another_statement(at: int, byte: int) -> None:
    data = bytearray(entry_bytes(STATEMENT))
    at %= len(data)
    same = data[at] == byte
    data[at] = byte
    try:
        assert (parse_entry(bytes(data)) == STATEMENT) is same
    except Invalid:
        assert not same


@pytest.mark.parametrize("at", [AT.replace(tzinfo=None), AT.astimezone(timezone(timedelta(hours=1)))])
def test_a_time_that_is_not_utc_is_refused(at: datetime) -> None:
    with pytest.raises(Invalid):
        LogStatement("issued", "0193-a", DIGEST, at)
