"""The module that an author outside the team begins with: one question of each common type, each key explained."""

from __future__ import annotations

import json

_BODY = """# A questionnaire module for Para73. Check it with `para73 sectors check FILE`, look at it with
# `para73 sectors preview FILE`, and score answers against it with `para73 score ANSWERS --modules core.yaml FILE`.
id: {id}
version: "1.0"                  # in quotes; a published version never changes, a correction is a new version
title: {{en: {title}}}            # add fr, es, ar: ... where you have them
# How much each clause of paragraph 73 counts in the overall score.
clause_weights: {{a: 10, b: 20, c: 10, d: 10, e: 10, f: 10, g: 15, h: 15}}

sections:
  - id: {id}-profile
    title: {{en: About your organisation}}
    questions:
      - id: {prefix}01                # unique over all modules, and stable while the meaning is the same
        refs: [P73.c.1]             # what the question traces to: clauses of the report, instruments
        text:
          en: Do you have sites where children are cared for?
        help:
          en: >-
            Say here why you ask and what counts. This fact decides whether the next question is asked.
        type: choice
        options:
          - {{id: none, label: {{en: "No"}}}}
          - {{id: some, label: {{en: "Yes"}}}}
        scored: false               # a fact: it steers what is asked, and earns no points
        evidence: not_needed

  - id: {id}-measures
    title: {{en: Measures}}
    questions:
      - id: {prefix}02
        clause: b                   # the one clause in which it is scored, a to h
        refs: [P73.b.1]
        text:
          en: How far do you have a written rule that protects children at these sites?
        help:
          en: >-
            Say what counts as a rule, and what does not. Two or three sentences are enough.
        type: scale
        levels:                     # what each level means for THIS question; never "low" and "high"
          0: {{en: "We have no rule."}}
          1: {{en: "A draft exists, or staff are told by word of mouth."}}
          2: {{en: "A written rule is in force at some of these sites."}}
          3: {{en: "A written rule is in force at every site, and staff have signed it."}}
          4: {{en: "In addition, somebody outside reviews how it is kept, and it was improved since."}}
        weight: 5                   # 1 to 10
        critical: true              # failing it caps the overall score
        fails_below: 50             # points, 0 to 100
        evidence: required          # required, suggested or not_needed
        evidence_examples:
          en: [the rule in force, its last review]
        applies_when: {{question: {prefix}01, equals: some}}
        supplier_form: true

      - id: {prefix}03
        clause: b
        refs: [P73.b.4]
        text:
          en: What share of the staff at these sites was trained on it in the last 24 months?
        help:
          en: >-
            Count a person once, and only after a training that dealt with this subject.
        type: percent
        breakpoints: [[0, 0], [50, 40], [95, 100]]    # from a figure to points, in a straight line between two
        weight: 3
        evidence: suggested
        evidence_examples:
          en: [totals from the training register, without names]
        not_applicable:             # leave it out where the question applies to everybody
          hint: {{en: "Say so if nobody works there yet, and why."}}
        applies_when: {{question: {prefix}01, equals: some}}
"""


def skeleton(module_id: str, title: str) -> str:
    """Return the text of a module file that passes every check; question ids begin with the module's letters."""
    letters = "".join(part[:1] for part in module_id.replace("_", "-").split("-")).upper()
    prefix = "".join(character for character in letters if character.isalpha())[:3] or "N"
    return _BODY.format(id=module_id, title=json.dumps(title, ensure_ascii=False), prefix=f"{prefix}N")
