"""A small module file that holds one of everything, for tests that break one thing in it at a time."""

from __future__ import annotations

import pytest

from backend.kernel.errors import FileRefused
from backend.sectors.rules.parse import parse_module

MODULE = """\
id: tours
version: "2026.1"
title: {en: Tours}
clause_weights: {a: 5, b: 15, c: 10, d: 10, e: 5, f: 35, g: 10, h: 10}
sections:
  - id: tours-profile
    title: {en: Profile}
    questions:
      - id: P91
        text: {en: What do you sell?}
        type: multi
        options:
          - {id: none, exclusive: true, label: {en: Nothing}}
          - {id: day_trips, label: {en: Day trips}}
        scored: false
      - id: T91
        clause: f
        refs: [P73.f.1, Code 1]
        text: {en: How far is it written down?}
        help: {en: It matters.}
        type: scale
        levels:
          0: {en: Not}
          1: {en: Little}
          2: {en: Half}
          3: {en: Mostly}
          4: {en: All}
        weight: 5
        critical: true
        fails_below: 60
        evidence: required
        evidence_examples: {en: [policy, minute]}
        not_applicable: {hint: {en: Say why.}}
        applies_when: {question: P91, includes: day_trips}
        supplier_form: true
      - id: T92
        clause: b
        text: {en: What share?}
        type: percent
        breakpoints: [[0, 0], [50, 40], [95.5, 100]]
        weight: 2
      - id: T93
        text: {en: Anything else?}
        type: text
"""


def problems_of(text: str, file: str = "tours.yaml") -> list[str]:
    with pytest.raises(FileRefused) as refused:
        parse_module(text.encode(), file)
    return [str(problem).removeprefix(f"{file}:") for problem in refused.value.problems]


def changed(old: str, new: str) -> str:
    assert MODULE.count(old) == 1
    return MODULE.replace(old, new)
