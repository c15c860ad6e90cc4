"""Canonical JSON: the published vectors byte for byte, what a strict reader refuses, and that nothing else happens."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.canonical import (
    MAX_DEPTH,
    MAX_SAFE_INTEGER,
    canonical_bytes,
    canonical_digest,
    sha256_digest,
    strict_json,
)
from backend.kernel.errors import Invalid

VECTORS = Path(__file__).parents[1] / "vectors" / "jcs"
NAMES = ["arrays", "french", "structures", "unicode", "values", "weird"]

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=20)
scalars = st.none() | st.booleans() | st.integers(-MAX_SAFE_INTEGER, MAX_SAFE_INTEGER) | texts
values: st.SearchStrategy[Any] = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(texts, inner, max_size=5),
    max_leaves=30,
)


def nested(depth: int, opening: str = "[", closing: str = "]") -> bytes:
    return (opening * depth + closing * depth).encode()


def test_there_are_as_many_vectors_as_are_run() -> None:
    for folder in ("input", "output"):
        assert sorted(path.stem for path in (VECTORS / folder).iterdir()) == NAMES


@pytest.mark.parametrize("name", NAMES)
def test_every_published_vector_byte_for_byte(name: str) -> None:
    given_value = json.loads((VECTORS / "input" / f"{name}.json").read_bytes())
    assert canonical_bytes(given_value) == (VECTORS / "output" / f"{name}.json").read_bytes()


def test_keys_are_sorted_by_their_utf_16_units() -> None:
    """By code points the last two would stand the other way round."""
    keys = ["", "1", "a", "\U0001f600", "\ufb33"]
    assert list(json.loads(canonical_bytes(dict.fromkeys(reversed(keys), 0)))) == keys


def test_digests_have_the_form_that_files_and_the_log_use() -> None:
    assert sha256_digest(b"") == "sha-256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
    assert canonical_digest({"b": 1, "a": [True, None]}) == sha256_digest(b'{"a":[true,null],"b":1}')


@given(values)
def test_what_is_canonical_reads_back_and_is_canonical_again(value: Any) -> None:
    data = canonical_bytes(value)
    assert strict_json(data) == value
    assert canonical_bytes(strict_json(data)) == data


@given(values, st.sampled_from([None, 1, 4]), st.booleans())
def test_layout_escapes_and_order_of_keys_change_no_digest(value: Any, indent: int | None, escaped: bool) -> None:
    shuffled = value if not isinstance(value, dict) else dict(reversed(value.items()))
    data = json.dumps(shuffled, indent=indent, ensure_ascii=escaped).encode()
    assert canonical_digest(strict_json(data)) == canonical_digest(value)


@pytest.mark.parametrize(
    "value",
    [
        float("nan"),
        float("inf"),
        -float("inf"),
        2**53,
        -(2**53),
        10**400,
        {1: 2},
        {None: 2},
        {1, 2},
        b"bytes",
        "\ud800",
        {"\udfff": 1},
        ["fine", {"deep": "\ud800"}],
    ],
)
def test_what_has_no_canonical_form_is_refused(value: Any) -> None:
    with pytest.raises(Invalid, match="no canonical JSON form"):
        canonical_bytes(value)


def test_a_value_nested_without_end_is_refused() -> None:
    value: Any = []
    for _ in range(20_000):
        value = [value]
    with pytest.raises(Invalid, match="no canonical JSON form"):
        canonical_bytes(value)


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b'{"a":1,"a":1}', "the key 'a' stands twice"),
        (b'{"a":1,"\\u0061":2}', "the key 'a' stands twice"),
        (b'[{"x":{"a":1,"b":2,"a":3}}]', "the key 'a' stands twice"),
        (b"NaN", "NaN is not a JSON number"),
        (b"[Infinity]", "Infinity is not a JSON number"),
        (b'{"a":-Infinity}', "-Infinity is not a JSON number"),
        (b"1.0", "1.0 is not an integer"),
        (b"1e2", "1e2 is not an integer"),
        (b"[0.5]", "0.5 is not an integer"),
        (b"1e999", "1e999 is not an integer"),
        (b"9007199254740992", r"2\^53 or more"),
        (b"-9007199254740992", r"2\^53 or more"),
        (b"12345678901234567890", r"2\^53 or more"),
        (b'"\\ud800"', "half a surrogate pair"),
        (b'{"\\udc00":1}', "half a surrogate pair"),
        (b'["\\ud83d\\ud83d\\ude00"]', "half a surrogate pair"),
        (b"\xff", "not UTF-8 at byte 0"),
        (b'"\xed\xa0\x80"', "not UTF-8 at byte 1"),
        (b'"\xc0\x80"', "not UTF-8 at byte 1"),
        ('"é"'.encode("utf-16"), "not UTF-8"),
        (b"\xef\xbb\xbf{}", "BOM"),
        (b"", "not JSON"),
        (b" ", "not JSON"),
        (b"{} {}", "not JSON: Extra data"),
        (b"{}\x00", "not JSON: Extra data"),
        (b'{"a":1,}', "not JSON"),
        (b"[1,]", "not JSON"),
        (b"{'a':1}", "not JSON"),
        (b"{a:1}", "not JSON"),
        (b'{"a":1}//', "not JSON"),
        (b'"a\nb"', "not JSON"),
        (b'"a\x00b"', "not JSON"),
        (b'"\\x41"', "not JSON"),
        (b'"open', "not JSON"),
        (b'"\\', "not JSON"),
        (b"01", "not JSON"),
        (b"+1", "not JSON"),
        (b"0x10", "not JSON"),
        (b"1_000", "not JSON"),
        ("٣".encode(), "not JSON"),
        ("\u00a01".encode(), "not JSON"),
        (b"True", "not JSON"),
        (b"]", "not JSON"),
        (nested(MAX_DEPTH + 1), f"nested deeper than {MAX_DEPTH} levels"),
        (nested(MAX_DEPTH + 1, '{"a":', "}"), f"nested deeper than {MAX_DEPTH} levels"),
        (b'"[' + b"[" * 100, "not JSON"),
    ],
)
def test_a_strict_reader_refuses(data: bytes, reason: str) -> None:
    with pytest.raises(Invalid, match=reason):
        strict_json(data)


@pytest.mark.parametrize(
    ("data", "value"),
    [
        (b"9007199254740991", MAX_SAFE_INTEGER),
        (b"-9007199254740991", -MAX_SAFE_INTEGER),
        (b"-0", 0),
        (b'{"a":{"a":{"a":1}}}', {"a": {"a": {"a": 1}}}),
        (b'"\\ud83d\\ude00"', "\U0001f600"),
        (b'"\\\\ud800"', "\\ud800"),
        (b' \t\r\n[ "[[[" , "\\"]" ] ', ["[[[", '"]']),
        (nested(3), [[[]]]),
    ],
)
def test_a_strict_reader_takes(data: bytes, value: Any) -> None:
    assert strict_json(data) == value


def test_the_deepest_nesting_that_is_taken() -> None:
    data = nested(MAX_DEPTH)
    assert canonical_bytes(strict_json(data)) == data


def test_brackets_inside_strings_are_no_nesting() -> None:
    text = "[{" * 10_000
    assert strict_json(json.dumps([text, text]).encode()) == [text, text]


BOMBS = {
    "ten megabytes of brackets": b"[" * 10_000_000,
    "ten megabytes of objects": b'{"a":' * 2_000_000,
    "brackets after an escape": b'["\\\\",' + b"[" * 5_000_000,
}


@pytest.mark.parametrize("name", BOMBS)
def test_a_nested_bomb_is_refused_before_it_reaches_the_parser(name: str) -> None:
    """The parser itself would say that this is no JSON, once it has run out of stack."""
    with pytest.raises(Invalid, match="nested deeper"):
        strict_json(BOMBS[name])


def test_a_number_of_ten_million_digits_is_refused_unread() -> None:
    """Reading it as an integer takes minutes, or raises something else; only its length is looked at."""
    with pytest.raises(Invalid, match=r"^the integer 99999999999999999999 is 2\^53 or more$"):
        strict_json(b"9" * 10_000_000)


@given(st.binary(max_size=60))
def test_any_bytes_are_a_value_or_refused(data: bytes) -> None:
    try:
        value = strict_json(data)
    except Invalid:
        return
    assert strict_json(canonical_bytes(value)) == value


@given(st.text(alphabet='[]{}":,\\u0dDa1 e-.', max_size=40))
def test_any_text_that_looks_like_json_is_a_value_or_refused(text: str) -> None:
    try:
        value = strict_json(text.encode())
    except Invalid:
        return
    assert json.loads(text) == value
    assert hashlib.sha256(canonical_bytes(value)).hexdigest() == canonical_digest(value).removeprefix("sha-256:")
