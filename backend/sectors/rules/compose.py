"""Composing core and sector modules into one questionnaire (questionnaire-format.md, Module)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from backend.kernel.canonical import canonical_bytes, sha256_digest
from backend.kernel.cursor import near
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Clause
from backend.sectors.rules.conditions import operand_problem, tests_of
from backend.sectors.rules.parse import CORE
from backend.sectors.rules.questionnaire import All, Asks, Comparison, Module, Question, Questionnaire

HEADCOUNT = "P01"
"""Core's question after the number of people who work for the organisation."""
SMALL_COMPANY = 50
CORE_ALONE_WEIGHT = 1
"""Core has no clause weights of its own; without a sector every clause weighs the same."""


def compose(modules: Iterable[Module]) -> Questionnaire:
    """Return the questionnaire of these modules: core first, then the sectors by id, in whatever order they come.

    Raises Invalid, one line for each problem: no module at all, a module, section or question twice, or a
    condition on a question that does not stand earlier or does not take that test.
    """
    ordered = tuple(sorted(modules, key=lambda module: (module.id != CORE, module.id)))
    problems = _twice(ordered) if ordered else ["A questionnaire needs at least one module."]
    problems += _condition_problems(ordered)
    if problems:
        raise Invalid("\n".join(problems))
    # The JCS form of a list is the forms of its parts between brackets, so nothing is canonicalised twice.
    digest = sha256_digest(b"[" + b",".join(canonical_form(module) for module in ordered) + b"]")
    return Questionnaire(ordered, _clause_weights(ordered), digest)


def canonical_form(module: Module) -> bytes:
    """Return the JCS form of a module, over which its digest is made."""
    return module.canonical or canonical_bytes(module.source)


def supplier_form(questionnaire: Questionnaire) -> Questionnaire:
    """Return the questions marked for suppliers, with the facts that their conditions need, and so on.

    A supplier of at most SMALL_COMPANY people is asked core's questions only, so each question of a sector gets the
    condition that there are more. The digest stays that of the whole questionnaire: the form follows from it.
    Modules stay even where none of their questions do; empty sections go.
    """
    by_id = {question.id: question for question in questionnaire.questions}
    kept: set[str] = set()
    waiting = [question.id for question in questionnaire.questions if question.supplier_form]
    waiting += [HEADCOUNT] if waiting and HEADCOUNT in by_id else []
    while waiting:
        question_id = waiting.pop()
        if question_id not in kept and question_id in by_id:
            kept.add(question_id)
            waiting.extend(asks.question for asks in tests_of(by_id[question_id].applies_when))
    narrowed = tuple(_only(module, kept) for module in questionnaire.modules)
    if HEADCOUNT in kept:
        narrowed = tuple(module if module.id == CORE else _for_larger(module) for module in narrowed)
    return replace(questionnaire, modules=narrowed)


def _for_larger(module: Module) -> Module:
    """Ask the module's questions only where more than SMALL_COMPANY people work."""
    larger = Asks(HEADCOUNT, Comparison.AT_LEAST, Fraction(SMALL_COMPANY + 1))

    def narrowed(question: Question) -> Question:
        standing = question.applies_when
        return replace(question, applies_when=All((larger, standing)) if standing is not None else larger)

    sections = (replace(part, questions=tuple(map(narrowed, part.questions))) for part in module.sections)
    return replace(module, sections=tuple(sections))


def _only(module: Module, kept: set[str]) -> Module:
    narrowed = (
        replace(section, questions=tuple(question for question in section.questions if question.id in kept))
        for section in module.sections
    )
    return replace(module, sections=tuple(section for section in narrowed if section.questions))


def _clause_weights(modules: Sequence[Module]) -> dict[Clause, int]:
    sectors = [module for module in modules if module.id != CORE]
    if not sectors:
        return dict.fromkeys(Clause, CORE_ALONE_WEIGHT)
    return {
        clause: sum(module.clause_weights.get(clause, 0) for module in sectors) // len(sectors) for clause in Clause
    }


def _twice(modules: Sequence[Module]) -> list[str]:
    problems: list[str] = []
    seen: dict[tuple[str, str], Module] = {}
    for module in modules:
        names = [("module", module.id)]
        names += [("section", section.id) for section in module.sections]
        names += [("question", question.id) for question in module.questions]
        for kind, name in names:
            first = seen.setdefault((kind, name), module)
            if first is not module:
                problems.append(f"The {kind} {name} stands in {first.reference} and in {module.reference}.")
    return problems


def _condition_problems(modules: Sequence[Module]) -> list[str]:
    core: Mapping[str, Question] = {
        question.id: question for module in modules if module.id == CORE for question in module.questions
    }
    problems: list[str] = []
    for module in modules:
        own = {question.id for question in module.questions}
        for question in module.questions:
            for asks in tests_of(question.applies_when):
                if asks.question in own:
                    continue
                name = f"{module.reference}: {question.id}: its condition asks for {asks.question}"
                if asks.question in core:
                    problem = operand_problem(core[asks.question], asks)
                    problems += [_sentence(f"{name}: {problem}")] if problem else []
                elif core:
                    hint = near(asks.question, core)
                    problems.append(_sentence(f"{name}, which stands neither earlier in it nor in core{hint}"))
                else:
                    problems.append(f"{name}, which does not stand in it; add the core module.")
    return problems


def _sentence(problem: str) -> str:
    return problem if problem.endswith("?") else f"{problem}."
