"""Expected failures: one stable code each, words for people, and nothing that knows HTTP."""

from __future__ import annotations

import re

import pytest

from backend.kernel import errors
from backend.kernel.errors import Conflict, FileProblem, FileRefused, Invalid, Para73Error, TooMany


def kinds(root: type[Para73Error] = Para73Error) -> list[type[Para73Error]]:
    """Return every kind of expected failure that the kernel knows."""
    found = [root]
    for kind in root.__subclasses__():
        found += kinds(kind)
    return [kind for kind in found if kind.__module__ == errors.__name__]


def test_these_are_the_kinds_and_their_codes() -> None:
    """A code is what programs go by: once given, it stays."""
    assert {kind.__name__: kind.code for kind in kinds()} == {
        "Para73Error": "error",
        "NotSignedIn": "not_signed_in",
        "NotAllowed": "not_allowed",
        "NotFound": "not_found",
        "Invalid": "invalid",
        "Conflict": "conflict",
        "LimitReached": "limit_reached",
        "TooMany": "too_many",
        "Unavailable": "unavailable",
        "FileRefused": "file_refused",
    }


def test_every_code_is_given_once() -> None:
    codes = [kind.code for kind in kinds()]
    assert len(set(codes)) == len(codes)
    assert all(re.fullmatch(r"[a-z]+(_[a-z]+)*", code) for code in codes)


@pytest.mark.parametrize("kind", [kind for kind in kinds() if kind not in (TooMany, FileRefused)])
def test_a_failure_says_its_message_and_nothing_of_http(kind: type[Para73Error]) -> None:
    failure = kind("Load it again.")
    assert str(failure) == failure.message == "Load it again."
    assert not [name for name in dir(failure) if "status" in name or "header" in name]


def test_invalid_names_fields_and_keeps_them_as_they_were() -> None:
    fields = {"email": "An address has an @."}
    failure = Invalid("Two entries need another look.", fields)
    fields.clear()
    assert failure.fields == {"email": "An address has an @."}
    assert Invalid("no").fields == {}


def test_a_conflict_holds_what_stands_there_now() -> None:
    assert Conflict("somebody was first", newer=73).newer == 73
    assert Conflict("somebody was first").newer is None


def test_too_many_says_when_to_come_back() -> None:
    failure = TooMany("Too many tries.", 60)
    assert (failure.message, failure.retry_after_seconds) == ("Too many tries.", 60)


def test_a_refused_file_lists_every_problem_with_its_place() -> None:
    problems = [
        FileProblem("answers.yaml", 3, 7, "answers.T04", "there is no option 'often'"),
        FileProblem("answers.yaml", 9, 1, "", "the key 'T05' stands twice"),
    ]
    failure = FileRefused(problems)
    assert failure.problems == tuple(problems)
    assert failure.message == (
        "answers.yaml:3:7: answers.T04: there is no option 'often'\nanswers.yaml:9:1: the key 'T05' stands twice"
    )
    assert isinstance(failure, Invalid)
