"""Assessments, answers with their history, and evidence. Private to the organisation."""

from __future__ import annotations

from typing import Any

from piccolo.columns import (
    JSONB,
    UUID,
    Array,
    BigInt,
    Date,
    ForeignKey,
    Integer,
    LazyTableReference,
    OnDelete,
    Text,
    Timestamptz,
    Varchar,
)
from piccolo.table import Table


class Assessment(Table):
    """One organisation, one period, one questionnaire. `scorecard` is stored when it is submitted."""

    id = UUID(primary_key=True, default=None)
    organisation: ForeignKey[Any] = ForeignKey(
        references=LazyTableReference("Organisation", app_name="organisations"),
        on_delete=OnDelete.cascade,
        null=False,
    )
    period = Integer()
    form = Varchar(length=20)
    modules = Array(base_column=Varchar(length=80))
    questionnaire_digest = Varchar(length=80)
    state = Varchar(length=20, index=True)
    reference_date = Date(null=True, default=None)
    scorecard = JSONB(null=True, default=None)
    started_at = Timestamptz()
    started_by = Varchar(length=120)
    submitted_at = Timestamptz(null=True, default=None)
    submitted_by = Varchar(length=120, null=True, default=None)
    approved_at = Timestamptz(null=True, default=None)
    approved_by = Varchar(length=120, null=True, default=None)
    published_at = Timestamptz(null=True, default=None)


class Answer(Table):
    """The present answer to one question. `content` is as in an answers file; `version` is the optimistic lock.

    `taken_from` is the earlier period that it was taken over from, until somebody confirms it by saving.
    """

    id = UUID(primary_key=True, default=None)
    assessment = ForeignKey(references=Assessment, on_delete=OnDelete.cascade, null=False)
    question_id = Varchar(length=40)
    content = JSONB(null=True, default=None)
    note = Text(default="")
    version = Integer()
    answered_by = Varchar(length=120)
    answered_at = Timestamptz()
    taken_from = Integer(null=True, default=None)


class AnswerVersion(Table):
    """Every answer that ever stood, so that an original stays in the history."""

    id = UUID(primary_key=True, default=None)
    assessment = ForeignKey(references=Assessment, on_delete=OnDelete.cascade, null=False)
    question_id = Varchar(length=40)
    content = JSONB(null=True, default=None)
    note = Text(default="")
    version = Integer()
    answered_by = Varchar(length=120)
    answered_at = Timestamptz()


class Evidence(Table):
    """A document attached to one answer. Its bytes lie in object storage under their digest."""

    id = UUID(primary_key=True, default=None)
    assessment = ForeignKey(references=Assessment, on_delete=OnDelete.cascade, null=False)
    question_id = Varchar(length=40)
    file_name = Varchar(length=255)
    kind = Varchar(length=10)
    size_bytes = BigInt()
    digest = Varchar(length=80, index=True)
    uploaded_by = Varchar(length=120)
    uploaded_at = Timestamptz()
    removed_at = Timestamptz(null=True, default=None)
