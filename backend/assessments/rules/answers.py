"""Answers and an auditor's verifications as frozen values (questionnaire-format.md, Answers)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from backend.kernel.vocabulary import VerificationVerdict

Value = str | int | frozenset[str] | Decimal | date


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer. At most one of `value`, `unknown` and `not_applicable` (the reason) is given."""

    value: Value | None = None
    unknown: bool = False
    not_applicable: str | None = None
    evidence: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True, slots=True)
class Verification:
    """An auditor's verdict on one answer; `value` is what was found, where it was lowered or contradicted."""

    verdict: VerificationVerdict
    value: Value | None = None
