"""What can go wrong, in the product's words; nothing here knows HTTP (each edge maps these in one file)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


class Para73Error(Exception):
    """The root of every expected failure. `code` is stable; docs/errors.md explains each one."""

    code = "error"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class NotSignedIn(Para73Error):
    """Nobody is signed in, or the session has ended."""

    code = "not_signed_in"


class NotAllowed(Para73Error):
    """The actor is known and may see the object, but may not do this to it."""

    code = "not_allowed"


class NotFound(Para73Error):
    """There is no such object, or it is not yours: the two look the same on purpose."""

    code = "not_found"


class Invalid(Para73Error):
    """The input was refused; `fields` maps each field to what would be right."""

    code = "invalid"

    def __init__(self, message: str, fields: Mapping[str, str] | None = None) -> None:
        super().__init__(message)
        self.fields: Mapping[str, str] = dict(fields or {})


class Conflict(Para73Error):
    """Somebody changed the object first; `newer` holds what stands there now."""

    code = "conflict"

    def __init__(self, message: str, newer: object = None) -> None:
        super().__init__(message)
        self.newer = newer


class LimitReached(Para73Error):
    """A size or plan limit is reached; the message says which and what helps."""

    code = "limit_reached"


class TooMany(Para73Error):
    """Too many tries in a short time; `retry_after_seconds` says when to come back."""

    code = "too_many"

    def __init__(self, message: str, retry_after_seconds: int) -> None:
        super().__init__(message)
        self.retry_after_seconds = retry_after_seconds


class Unavailable(Para73Error):
    """A part that this needs does not answer now; nothing was half done."""

    code = "unavailable"


@dataclass(frozen=True, slots=True)
class FileProblem:
    """One reason why a file was refused: where it is, and what would be right.

    `line` and `column` count from 1; `where` is a path such as `answers.T04`.
    """

    file: str
    line: int
    column: int
    where: str
    reason: str

    def __str__(self) -> str:
        place = f"{self.file}:{self.line}:{self.column}"
        return f"{place}: {self.where}: {self.reason}" if self.where else f"{place}: {self.reason}"


class FileRefused(Invalid):
    """A file from outside was refused whole; `problems` lists every reason that was found."""

    code = "file_refused"

    def __init__(self, problems: Sequence[FileProblem]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))
