"""Small builders and Hypothesis strategies that every ring of tests shares."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from fractions import Fraction

from hypothesis import strategies as st

from backend.assessments.rules.answers import Answer, Value, Verification
from backend.kernel.vocabulary import Clause, VerificationVerdict
from backend.sectors.rules.questionnaire import (
    Asks,
    Comparison,
    EvidenceRule,
    Module,
    Option,
    Question,
    Questionnaire,
    QuestionType,
    Section,
)

REFERENCE_DATE = date(2026, 11, 24)


def a_questionnaire(questions: Sequence[Question], weights: Mapping[Clause, int] | None = None) -> Questionnaire:
    clause_weights = dict.fromkeys(Clause, 10) if weights is None else dict(weights)
    section = Section("all", {"en": "All"}, tuple(questions))
    module = Module("test", "2026.1", {"en": "Comparison"}, (section,), clause_weights)
    return Questionnaire((module,), clause_weights, "sha-256:" + "0" * 64)


def a_scale(question_id: str, clause: Clause = Clause.A, **changes: object) -> Question:
    settings: dict[str, object] = {"weight": 1, **changes}
    return Question(question_id, {"en": question_id}, QuestionType.SCALE, clause, **settings)  # type: ignore[arg-type]


@st.composite
def breakpoints(draw: st.DrawFn) -> tuple[tuple[Fraction, int], ...]:
    xs = sorted(draw(st.sets(st.integers(0, 400), min_size=1, max_size=5)))
    return tuple((Fraction(x, 4), draw(st.integers(0, 100))) for x in xs)


@st.composite
def questions(draw: st.DrawFn, question_id: str, earlier: Sequence[Question]) -> Question:
    kind = draw(st.sampled_from(list(QuestionType)))
    options = tuple(
        Option(f"o{n}", {"en": f"o{n}"}, draw(st.integers(0, 100)), exclusive=n == 0)
        for n in range(draw(st.integers(2, 4)))
    )
    condition = None
    conditional = draw(st.booleans())
    if conditional and earlier:
        condition = Asks(draw(st.sampled_from(earlier)).id, Comparison.ANSWERED, draw(st.booleans()))
    scored = kind is not QuestionType.TEXT and draw(st.integers(0, 9)) > 0
    return Question(
        id=question_id,
        text={"en": question_id},
        type=kind,
        clause=draw(st.sampled_from(list(Clause))) if scored else None,
        options=options if kind in (QuestionType.CHOICE, QuestionType.MULTI) else (),
        breakpoints=draw(breakpoints()),
        weight=draw(st.integers(1, 10)),
        scored=scored,
        critical=scored and draw(st.integers(0, 4)) == 0,
        fails_below=draw(st.integers(1, 100)),
        evidence=draw(st.sampled_from(list(EvidenceRule))),
        allows_not_applicable=draw(st.booleans()),
        applies_when=condition,
    )


def values(question: Question) -> st.SearchStrategy[Value]:
    ids = [option.id for option in question.options]
    hundredths = st.integers(0, 10_000).map(lambda n: Decimal(n) / 100)
    match question.type:
        case QuestionType.CHOICE:
            return st.sampled_from(ids)
        case QuestionType.MULTI:
            return st.frozensets(st.sampled_from(ids), min_size=1)
        case QuestionType.SCALE:
            return st.integers(0, 4)
        case QuestionType.PERCENT | QuestionType.NUMBER:
            return hundredths
        case QuestionType.DATE:
            return st.dates(date(2010, 1, 1), REFERENCE_DATE)
        case QuestionType.TEXT:
            return st.text(min_size=1, max_size=20)


@st.composite
def answers(draw: st.DrawFn, question: Question) -> Answer:
    kind = draw(st.sampled_from(["value", "value", "value", "unknown", "not_applicable"]))
    evidence = draw(st.sampled_from([(), ("policy.pdf",)]))
    if kind == "unknown":
        return Answer(unknown=True)
    if kind == "not_applicable" and question.allows_not_applicable:
        return Answer(not_applicable="We do not do this.")
    return Answer(value=draw(values(question)), evidence=evidence)


@st.composite
def verifications(draw: st.DrawFn, question: Question) -> Verification:
    verdict = draw(st.sampled_from(list(VerificationVerdict)))
    found = draw(st.none() | values(question)) if verdict is VerificationVerdict.CONTRADICTED else None
    if verdict is VerificationVerdict.LOWERED:
        found = draw(values(question))
    return Verification(verdict, found)


Case = tuple[Questionnaire, dict[str, Answer], dict[str, Verification]]


@st.composite
def cases(draw: st.DrawFn, with_conditions: bool = True) -> Case:
    asked: list[Question] = []
    for number in range(draw(st.integers(1, 12))):
        asked.append(draw(questions(f"Q{number:02}", asked if with_conditions else [])))
    weights = {clause: draw(st.integers(0, 100)) for clause in Clause}
    given = {question.id: draw(answers(question)) for question in asked if draw(st.integers(0, 4)) > 0}
    judged = {
        question.id: draw(verifications(question))
        for question in asked
        if question.id in given and given[question.id].value is not None and draw(st.booleans())
    }
    return a_questionnaire(asked, weights), given, judged
