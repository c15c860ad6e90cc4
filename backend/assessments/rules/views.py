"""What the assessments package hands out: frozen values, never rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from backend.assessments.rules.answers import Answer
from backend.assessments.rules.progress import Missing, SectionProgress
from backend.assessments.rules.scorecard import Scorecard
from backend.kernel.vocabulary import AssessmentState, Form
from backend.sectors.rules.questionnaire import Questionnaire


@dataclass(frozen=True, slots=True)
class AssessmentCard:
    """One line of the list of assessments. `settled` of `asked` questions have an answer of any kind."""

    id: UUID
    period: int
    form: Form
    state: AssessmentState
    modules: tuple[str, ...]
    started_at: datetime
    asked: int
    settled: int
    declared_bp: int | None


@dataclass(frozen=True, slots=True)
class StoredAnswer:
    """An answer as it stands. `version` counts up from 1 and is what the next change must name."""

    question_id: str
    answer: Answer
    note: str
    version: int
    answered_by: str
    answered_at: datetime
    taken_from: int | None = None
    """The earlier period that this answer was taken over from, until somebody confirms it."""


@dataclass(frozen=True, slots=True)
class EvidenceView:
    """A document attached to an answer; its bytes lie under `digest`."""

    id: UUID
    question_id: str
    file_name: str
    kind: str
    size_bytes: int
    digest: str
    uploaded_by: str
    uploaded_at: datetime


@dataclass(frozen=True, slots=True)
class AssessmentView:
    """One assessment whole. `asked` are the ids of the questions that apply now."""

    id: UUID
    organisation_id: UUID
    period: int
    form: Form
    state: AssessmentState
    modules: tuple[str, ...]
    questionnaire: Questionnaire
    answers: Mapping[str, StoredAnswer]
    evidence: Mapping[str, tuple[EvidenceView, ...]]
    asked: frozenset[str]
    progress: tuple[SectionProgress, ...]
    missing: tuple[Missing, ...]
    reference_date: date | None
    scorecard: Scorecard | None
    started_at: datetime
    submitted_at: datetime | None
    submitted_by: str | None
    approved_at: datetime | None
    approved_by: str | None
    published_at: datetime | None

    @property
    def is_open_for_answers(self) -> bool:
        return self.state is AssessmentState.DRAFT


@dataclass(frozen=True, slots=True)
class AnswerSaved:
    """What a saved answer changed: its new version, which questions are asked now, and how far each section is."""

    question_id: str
    version: int
    answered_at: datetime
    asked: frozenset[str]
    progress: tuple[SectionProgress, ...]


@dataclass(frozen=True, slots=True)
class TakenOver:
    """What came over from an earlier period, by question id, and what has to be answered anew, with the reason."""

    period: int
    taken: tuple[str, ...]
    left_out: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Carried:
    """A draft on the newest modules: what it stood on before, what kept its answer, and what must be answered again."""

    modules_before: tuple[str, ...]
    modules: tuple[str, ...]
    kept: tuple[str, ...]
    again: Mapping[str, str]
    new: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class AnswersImport:
    """What an answers file changed: the ids of the answers that were saved, and how many stood there already."""

    taken: tuple[str, ...]
    unchanged: int
