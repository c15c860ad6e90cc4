"""The verbs of an assessment: start, answer, attach evidence, submit, reopen, approve; and its reads."""

from backend.assessments.service.answering import answer
from backend.assessments.service.answers_file import export_answers, import_answers
from backend.assessments.service.carrying import carry_to_newest, confirm_section, take_over
from backend.assessments.service.evidence import attach_evidence, open_evidence, remove_evidence, restore_evidence
from backend.assessments.service.lifecycle import approve, mark_published, mark_superseded, reopen, start, submit
from backend.assessments.service.reading import get_assessment, list_assessments, list_whole_assessments
from backend.assessments.service.workbook import export_workbook, import_workbook

__all__ = [
    "answer",
    "approve",
    "attach_evidence",
    "carry_to_newest",
    "confirm_section",
    "export_answers",
    "export_workbook",
    "get_assessment",
    "import_answers",
    "import_workbook",
    "list_assessments",
    "list_whole_assessments",
    "mark_published",
    "mark_superseded",
    "open_evidence",
    "remove_evidence",
    "reopen",
    "restore_evidence",
    "start",
    "submit",
    "take_over",
]
