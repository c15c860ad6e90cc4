"""Clauses and questionnaires: public."""

from __future__ import annotations

import strawberry

from backend.kernel.canonical import canonical_digest
from backend.kernel.errors import NotFound
from backend.sectors import service
from backend.sectors.rules.questionnaire import Module, Question, Section


@strawberry.type
class OptionType:
    id: str
    label: str
    points: int
    exclusive: bool


@strawberry.type
class LevelText:
    level: int
    text: str


@strawberry.type
class Breakpoint:
    x: str = strawberry.field(description="A decimal.")
    points: int


@strawberry.type(name="Question")
class QuestionGQL:
    id: str
    text: str
    help: str | None
    type: str
    unit: str | None
    clause: str | None = strawberry.field(description="The scoring clause of paragraph 73, a to h.")
    refs: list[str]
    scored: bool
    weight: int
    critical: bool
    fails_below: int | None
    evidence: str
    evidence_examples: list[str]
    allows_not_applicable: bool
    supplier_form: bool
    options: list[OptionType]
    levels: list[LevelText]
    breakpoints: list[Breakpoint]

    @classmethod
    def of(cls, question: Question) -> QuestionGQL:
        return cls(
            id=question.id,
            text=question.text["en"],
            help=question.help.get("en"),
            type=question.type.value,
            unit=question.unit or None,
            clause=question.clause.value if question.clause else None,
            refs=list(question.refs),
            scored=question.counts,
            weight=question.weight if question.counts else 0,
            critical=question.critical,
            fails_below=question.fails_below if question.critical else None,
            evidence=question.evidence.value,
            evidence_examples=list(question.evidence_examples.get("en", ())),
            allows_not_applicable=question.allows_not_applicable,
            supplier_form=question.supplier_form,
            options=[
                OptionType(id=one.id, label=one.label["en"], points=one.points, exclusive=one.exclusive)
                for one in question.options
            ],
            levels=[LevelText(level=level, text=text["en"]) for level, text in sorted(question.levels.items())],
            breakpoints=[Breakpoint(x=str(x), points=points) for x, points in question.breakpoints],
        )


@strawberry.type(name="Section")
class SectionGQL:
    id: str
    title: str
    questions: list[QuestionGQL]

    @classmethod
    def of(cls, section: Section) -> SectionGQL:
        questions = [QuestionGQL.of(question) for question in section.questions]
        return cls(id=section.id, title=section.title["en"], questions=questions)


@strawberry.type
class ClauseWeight:
    clause: str
    weight: int


@strawberry.type(description="One module of a questionnaire: core, or a sector. Immutable under its reference.")
class QuestionnaireModule:
    reference: str
    id: str
    version: str
    title: str
    digest: str
    clause_weights: list[ClauseWeight]
    sections: list[SectionGQL]

    @classmethod
    def of(cls, module: Module) -> QuestionnaireModule:
        return cls(
            reference=module.reference,
            id=module.id,
            version=module.version,
            title=module.title["en"],
            digest=canonical_digest(module.source),
            clause_weights=[ClauseWeight(clause=c.value, weight=w) for c, w in sorted(module.clause_weights.items())],
            sections=[SectionGQL.of(section) for section in module.sections],
        )


@strawberry.type
class SectorQueries:
    @strawberry.field(description="The newest version of every module, core first.")
    async def questionnaires(self) -> list[QuestionnaireModule]:
        return [QuestionnaireModule.of(module) for module in service.current_modules()]

    @strawberry.field(description="One module by its reference, such as tourism@2026.1.")
    async def questionnaire(self, reference: str) -> QuestionnaireModule | None:
        try:
            return QuestionnaireModule.of(service.get_module(reference))
        except NotFound:
            return None
