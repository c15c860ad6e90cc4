"""Files from outside: every hostile or broken file ends in a problem with its line, column and reason."""

from __future__ import annotations

import json
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from backend.kernel.errors import FileProblem, FileRefused
from backend.kernel.marked import MAX_BYTES, MAX_DEPTH, Node, plain, read_marked

TEN_MB = 10 * 1024 * 1024


def problems_of(data: bytes, file: str = "a.yaml") -> list[str]:
    with pytest.raises(FileRefused) as refused:
        read_marked(data, file)
    return [str(problem) for problem in refused.value.problems]


def nested_blocks(size: int) -> bytes:
    lines: list[str] = []
    total = 0
    while total < size:
        lines.append(" " * len(lines) + "a:\n")
        total += len(lines[-1])
    return "".join(lines).encode()


@pytest.mark.parametrize(
    ("file", "data"),
    [
        ("a.json", b"[" * TEN_MB),
        ("a.yaml", b"[" * TEN_MB),
        ("a.yaml", nested_blocks(TEN_MB)),
    ],
    ids=["json brackets", "yaml brackets", "yaml blocks"],
)
def test_ten_megabytes_of_nesting_are_refused_by_size(file: str, data: bytes) -> None:
    assert problems_of(data, file) == [f"{file}:1:1: the file has more than 5 MB"]


@pytest.mark.parametrize(
    ("file", "data", "place"),
    [
        ("a.json", b"[" * MAX_BYTES, "1:65"),
        ("a.json", b'{"a":' * (MAX_BYTES // 5), "1:321"),
        ("a.yaml", b"[" * MAX_BYTES, "1:65"),
        ("a.yaml", b"{a: " * (MAX_BYTES // 4), "1:257"),
        ("a.yaml", b"- " * (MAX_BYTES // 2), "1:129"),
        ("a.yaml", nested_blocks(MAX_BYTES - 10_000), "65:65"),
        ("answers", b"\n [" + b"[" * 1000, "2:66"),
    ],
)
def test_nesting_below_the_size_limit_is_refused_where_it_gets_too_deep(file: str, data: bytes, place: str) -> None:
    assert problems_of(data, file) == [f"{file}:{place}: nested deeper than 64 levels"]


@pytest.mark.parametrize("file", ["a.json", "a.yaml"])
def test_the_deepest_allowed_nesting_is_read(file: str) -> None:
    assert isinstance(read_marked(b"[" * MAX_DEPTH + b"]" * MAX_DEPTH, file), Node)


@pytest.mark.parametrize("file", ["a.json", "a.yaml"])
def test_millions_of_values_are_refused(file: str) -> None:
    data = b"[" + b"1,\n" * 300_000 + b"1]"
    assert problems_of(data, file) == [f"{file}:200001:1: the file holds more than 200000 values"]


def test_duplicate_keys_are_problems_at_the_second_one_and_all_are_found() -> None:
    data = b"a: 1\nb:\n  - c: 1\n  - c: {d: 1, d: 2}\na: 3\n"
    assert problems_of(data) == [
        "a.yaml:4:15: b[1].c.d: this key stands twice; it was given first in line 4",
        "a.yaml:5:1: a: this key stands twice; it was given first in line 1",
    ]


def test_duplicate_keys_in_json() -> None:
    data = b'{"answers": {\n  "T01": {"value": 1},\n  "T\\u00301": {"value": 2}\n}}'
    assert problems_of(data, "a.json") == [
        "a.json:3:3: answers.T01: this key stands twice; it was given first in line 2"
    ]


def test_a_number_and_its_text_are_one_key() -> None:
    assert problems_of(b'0: a\n"0": b\n') == ["a.yaml:2:1: 0: this key stands twice; it was given first in line 1"]


def test_reading_stops_after_a_hundred_problems() -> None:
    assert len(problems_of(b"a: 1\n" * 1000)) == 100


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", "1:1: the file is empty"),
        (b"a: &x 1\nb: *x\n", "1:4: YAML anchors (&) are not allowed; write the value out where it is needed"),
        (b"a: 1\nb: *x\n", "2:4: YAML aliases (*) are not allowed; write the value out"),
        (b"a:\n  <<: {b: 1}\n", "2:3: YAML merge keys (<<) are not allowed; write the values out"),
        (b"a: !!str 1\n", "1:4: YAML tags (!) are not allowed; put the text in quotes if it starts with !"),
        (b"a: !x [1]\n", "1:4: YAML tags (!) are not allowed; put the text in quotes if it starts with !"),
        (b"a: 1\n---\nb: 2\n", "2:1: a second document starts here; a file holds one"),
        (b"%YAML 1.1\n---\na: 1\n", "1:1: YAML directives are not allowed; remove the line that starts with %"),
        (b"a: 1\nb: \xff\n", "2:4: not UTF-8 from here on; save the file as UTF-8"),
        (b"a: 1\nb: \x01\n", "2:4: the control character U+0001 is not allowed"),
        (b'a: "x\\0y"\n', "1:4: this text holds a character that cannot be stored"),
        (b"a: .inf\n", "1:4: .inf is not a number that can be used here"),
        (b"a: -.INF\n", "1:4: -.INF is not a number that can be used here"),
        (b"a: .nan\n", "1:4: .nan is not a number that can be used here"),
        (b"a: 1e9\n", "1:4: write the number without an exponent, or the text in quotes"),
        (b"a: 9007199254740992\n", "1:4: a whole number must be less than 2^53"),
        (b"a: " + b"9" * 10_000 + b"\n", "1:4: a number has at most 17 digits"),
        (b"[a]: 1\n", "1:1: a key must be a plain word, not a list or a map"),
        (b"a:\n\tb: 1\n", "2:1: not YAML: found character that cannot start any token"),
    ],
)
def test_what_yaml_files_may_not_hold(data: bytes, problem: str) -> None:
    assert problems_of(data) == [f"a.yaml:{problem}"]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b" ", "1:2: not JSON: a value should stand here, not the end of the file"),
        (b'{"a": NaN}', "1:7: not JSON: a value should stand here, not 'N'"),
        (b'{"a": -Infinity}', "1:7: not JSON: a value should stand here, not '-'"),
        (b'{"a": 1e400}', "1:7: write the number without an exponent, or the text in quotes"),
        (b'{"a": 1,}', "1:9: not JSON: a key in double quotes should stand here, not '}'"),
        (b"{'a': 1}", '1:2: not JSON: a key in double quotes or } should stand here, not "\'"'),
        (b'{"a" 1}', "1:6: not JSON: a colon should stand here, not '1'"),
        (b"[1 2]", "1:4: not JSON: a comma or the closing bracket should stand here, not '2'"),
        (b"[1,]", "1:4: not JSON: a value should stand here, not ']'"),
        (b"[01]", "1:3: not JSON: a comma or the closing bracket should stand here, not '1'"),
        (b"[}", "1:2: not JSON: a value or ] should stand here, not '}'"),
        (b"{}\n{}", "2:1: not JSON: nothing should stand here, not '{'"),
        (b'{"a":', "1:6: not JSON: a value should stand here, not the end of the file"),
        (
            b'["a\nb"]',
            "1:2: not JSON: this string has no end on its line, or holds a control character or an unknown escape",
        ),
        (b'["\\ud800"]', "1:2: this text holds a character that cannot be stored"),
    ],
)
def test_what_json_files_may_not_hold(data: bytes, problem: str) -> None:
    assert problems_of(data, "a.json") == [f"a.json:{problem}"]


def test_yaml_scalars_are_typed_as_people_mean_them() -> None:
    data = b"a: no\nb: on\nc: 2026-11-24\nd: true\ne: ~\nf: 7\ng: 1.50\nh: '7'\ni: 0x1F\nj: 007\nk: 12:30:45\n"
    root = read_marked(data, "a.yaml")
    assert plain(root) == {
        "a": "no", "b": "on", "c": "2026-11-24", "d": True, "e": None, "f": 7, "g": "1.50", "h": "7", "i": "0x1F",
        "j": "007", "k": "12:30:45",
    }  # fmt: skip
    assert isinstance(root.value, dict)
    assert root.value["g"].node == Node(7, 4, Decimal("1.50"))


def test_a_byte_order_mark_is_no_part_of_the_text() -> None:
    assert plain(read_marked(b"\xef\xbb\xbfa: 1", "a.yaml")) == {"a": 1}
    assert plain(read_marked(b'\xef\xbb\xbf{"a": 1}', "a.json")) == {"a": 1}


@pytest.mark.parametrize(("file", "value"), [("a.yaml", "a\u2028b"), ("a.json", "a\u2028b"), ("upload", "a\u2028b")])
def test_json_is_read_by_the_rules_of_json(file: str, value: str) -> None:
    """YAML 1.1 takes U+2028 for a line break and would fold it into something else; JSON does not."""
    data = json.dumps({"a": value}, ensure_ascii=file == "a.yaml").encode()
    assert plain(read_marked(data, file)) == {"a": value}


_json_values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53) + 1, 2**53 - 1)
    | st.text(st.characters(exclude_categories=["Cs"])),
    lambda parts: st.lists(parts, max_size=4) | st.dictionaries(st.text(max_size=5), parts, max_size=4),
    max_leaves=20,
)


@given(_json_values, st.booleans(), st.sampled_from([None, 2]))
def test_json_agrees_with_the_standard_library(value: object, ascii_only: bool, indent: int | None) -> None:
    data = json.dumps(value, ensure_ascii=ascii_only, indent=indent)
    if "\\u0000" in data:
        with pytest.raises(FileRefused):
            read_marked(data.encode(), "a.json")
    else:
        assert plain(read_marked(data.encode(), "a.json")) == json.loads(data)


@given(st.binary(max_size=60) | st.text("[]{}:,-&*!?|>'\"\\ \n\ta1%#@`", max_size=60).map(str.encode))
def test_any_bytes_end_in_a_node_or_in_a_refusal(data: bytes) -> None:
    for file in ("a.yaml", "a.json", "upload"):
        problems: tuple[FileProblem, ...] = ()
        try:
            read_marked(data, file)
        except FileRefused as refused:
            problems = tuple(refused.problems)
        assert all(problem.line >= 1 and problem.column >= 1 for problem in problems)
