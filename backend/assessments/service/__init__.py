"""The verbs of an assessment: start, answer, attach evidence, submit, reopen, approve; and its reads."""

from backend.assessments.service.answering import answer
from backend.assessments.service.evidence import attach_evidence, open_evidence, remove_evidence, restore_evidence
from backend.assessments.service.lifecycle import approve, mark_published, mark_superseded, reopen, start, submit
from backend.assessments.service.reading import get_assessment, list_assessments, list_whole_assessments

__all__ = [
    "answer",
    "approve",
    "attach_evidence",
    "get_assessment",
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
]
