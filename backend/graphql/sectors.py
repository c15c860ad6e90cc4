"""Clauses and questionnaires: public."""

from __future__ import annotations

from datetime import date
from typing import Annotated

import strawberry
from strawberry import argument

from backend.kernel.canonical import sha256_digest
from backend.kernel.cursor import shown
from backend.kernel.errors import Invalid, NotFound
from backend.sectors import service
from backend.sectors.rules.clauses import duties_of_states
from backend.sectors.rules.compose import canonical_form
from backend.sectors.rules.languages import ENGLISH, LANGUAGES, in_language
from backend.sectors.rules.questionnaire import Module, Question, Section, Text
from backend.sectors.rules.texts import units


@strawberry.type(description="One option of a choice or multi question.")
class OptionType:
    id: str = strawberry.field(description="What an answer names it by.")
    label: str = strawberry.field(description="Its text, in the language asked for.")
    points: int = strawberry.field(description="What it earns, 0 to 100.")
    exclusive: bool = strawberry.field(description="Whether it stands alone, without any other option.")


@strawberry.type(description="What one level of a scale means for this question.")
class LevelText:
    level: int = strawberry.field(description="0 to 4.")
    text: str = strawberry.field(description="Its meaning, in the language asked for.")


@strawberry.type(description="A point of the line between a figure and what it earns.")
class Breakpoint:
    x: str = strawberry.field(description="A decimal.")
    points: int = strawberry.field(description="What this figure earns, 0 to 100.")


@strawberry.type(description="What a law says that differs by country.")
class LegalNoteType:
    text: str = strawberry.field(description="The note, in the language asked for.")
    last_checked: date = strawberry.field(description="The day on which somebody last looked.")


@strawberry.type(name="Question", description="One question of a module.")
class QuestionGQL:
    id: str = strawberry.field(description="Stable over versions while the meaning is the same, such as T04.")
    text: str = strawberry.field(description="The question, in the language asked for.")
    help: str | None = strawberry.field(description="Why it is asked and what counts, in the language asked for.")
    legal_notes: list[LegalNoteType] = strawberry.field(description="Where law differs by country; else empty.")
    translates_duties: list[str] = strawberry.field(
        description="Those of its references that speak to States; the question translates them for a company."
    )
    type: str = strawberry.field(description="choice, scale, multi, percent, number, date or text.")
    unit: str | None = strawberry.field(
        description="What a number is counted in, such as people; null for other types."
    )
    clause: str | None = strawberry.field(description="The scoring clause of paragraph 73, a to h.")
    refs: list[str] = strawberry.field(
        description="What it traces to: paragraphs of the report, and instruments by name."
    )
    scored: bool = strawberry.field(description="Whether its answer earns points.")
    weight: int = strawberry.field(
        description="How much it counts within its clause, 1 to 10; 0 where it is not scored."
    )
    critical: bool = strawberry.field(description="Whether failing it caps the overall score.")
    fails_below: int | None = strawberry.field(
        description="The points under which a critical question fails, 1 to 100; null for others."
    )
    evidence: str = strawberry.field(description="required, suggested or not_needed.")
    evidence_examples: list[str] = strawberry.field(description="Documents that would do, in the language asked for.")
    allows_not_applicable: bool = strawberry.field(
        description="Whether it may be answered by a reason why it does not apply."
    )
    supplier_form: bool = strawberry.field(description="Whether it belongs to the short form for suppliers.")
    options: list[OptionType] = strawberry.field(description="The options of a choice or multi question; else empty.")
    levels: list[LevelText] = strawberry.field(description="The levels of a scale question; else empty.")
    breakpoints: list[Breakpoint] = strawberry.field(
        description="How a percent, number or date (in months) earns points; else empty."
    )

    @classmethod
    def of(cls, question: Question, language: str) -> QuestionGQL:
        return cls(
            id=question.id,
            text=_said(question.text, language),
            help=_said(question.help, language) or None,
            legal_notes=[
                LegalNoteType(text=_said(note.text, language), last_checked=note.last_checked)
                for note in question.legal_notes
            ],
            translates_duties=list(duties_of_states(question.refs)),
            type=question.type.value,
            unit=question.unit or None,
            clause=question.clause.value if question.clause else None,
            refs=list(question.refs),
            scored=question.counts,
            weight=question.weight if question.counts else 0,
            critical=question.critical,
            fails_below=question.fails_below if question.critical else None,
            evidence=question.evidence.value,
            evidence_examples=list(
                question.evidence_examples.get(language) or question.evidence_examples.get(ENGLISH, ())
            ),
            allows_not_applicable=question.allows_not_applicable,
            supplier_form=question.supplier_form,
            options=[
                OptionType(id=one.id, label=_said(one.label, language), points=one.points, exclusive=one.exclusive)
                for one in question.options
            ],
            levels=[
                LevelText(level=level, text=_said(text, language)) for level, text in sorted(question.levels.items())
            ],
            breakpoints=[Breakpoint(x=str(x), points=points) for x, points in question.breakpoints],
        )


@strawberry.type(name="Section", description="A part of a module that is answered on one page.")
class SectionGQL:
    id: str = strawberry.field(description="Unique within the module.")
    title: str = strawberry.field(description="Its title, in the language asked for.")
    questions: list[QuestionGQL] = strawberry.field(description="Its questions, in order.")

    @classmethod
    def of(cls, section: Section, language: str) -> SectionGQL:
        questions = [QuestionGQL.of(question, language) for question in section.questions]
        return cls(id=section.id, title=_said(section.title, language), questions=questions)


@strawberry.type(description="How much a clause counts in the overall score of this sector.")
class ClauseWeight:
    clause: str = strawberry.field(description="A letter from a to h.")
    weight: int = strawberry.field(description="A whole number; a clause that nobody is asked about does not count.")


@strawberry.type(description="A text that opens the supplier form.")
class NoticeType:
    id: str = strawberry.field(description="purpose, value_chain or small.")
    text: str = strawberry.field(description="The notice, in the language asked for.")
    last_checked: date | None = strawberry.field(
        description="The day on which somebody last looked, where it states law; else null."
    )


@strawberry.type(description="One module of a questionnaire: core, or a sector. Immutable under its reference.")
class QuestionnaireModule:
    reference: str = strawberry.field(description="Its id and version, such as tourism@2026.1.")
    id: str = strawberry.field(description="core, or a sector.")
    version: str = strawberry.field(description="The year and a number that counts up, such as 2026.1.")
    title: str = strawberry.field(description="Its title, in the language asked for.")
    digest: str = strawberry.field(description="SHA-256 of the module's canonical form, as the log has it.")
    clause_weights: list[ClauseWeight] = strawberry.field(description="Of sector modules only; core has none.")
    untranslated: int = strawberry.field(
        description="How many of its texts the language asked for lacks; they are given in English."
    )
    supplier_notices: list[NoticeType] = strawberry.field(description="What opens the supplier form; of core only.")
    sections: list[SectionGQL] = strawberry.field(description="Its sections, in order.")

    @classmethod
    def of(cls, module: Module, language: str) -> QuestionnaireModule:
        return cls(
            reference=module.reference,
            id=module.id,
            version=module.version,
            title=_said(module.title, language),
            digest=sha256_digest(canonical_form(module)),
            clause_weights=[ClauseWeight(clause=c.value, weight=w) for c, w in sorted(module.clause_weights.items())],
            untranslated=sum(unit.translation is None for unit in units(module.source, language)),
            supplier_notices=[
                NoticeType(id=one.id, text=_said(one.text, language), last_checked=one.last_checked)
                for one in module.supplier_notices
            ],
            sections=[SectionGQL.of(section, language) for section in module.sections],
        )


Language = Annotated[str, argument(description="en, fr, es or ar.")]


def _said(text: Text, language: str) -> str:
    return in_language(text, language).text


def _known(language: str) -> str:
    if language not in LANGUAGES:
        raise Invalid(
            f"There are no questionnaires in {shown(language)}.", {"language": f"Choose from: {', '.join(LANGUAGES)}."}
        )
    return language


@strawberry.type
class SectorQueries:
    @strawberry.field(description="The newest version of every module, core first.")
    async def questionnaires(self, language: Language = ENGLISH) -> list[QuestionnaireModule]:
        return [QuestionnaireModule.of(module, _known(language)) for module in service.current_modules()]

    @strawberry.field(description="One module by its reference, such as tourism@2026.1.")
    async def questionnaire(
        self,
        reference: Annotated[str, argument(description="Id and version, joined by @.")],
        language: Language = ENGLISH,
    ) -> QuestionnaireModule | None:
        try:
            return QuestionnaireModule.of(service.get_module(reference), _known(language))
        except NotFound:
            return None
