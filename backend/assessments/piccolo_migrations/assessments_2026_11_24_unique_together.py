from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.adapters import db

ID = "2026-11-24T12:00:00:000002"
VERSION = "1.38.0"
DESCRIPTION = "One answer per question, one open assessment per organisation and period"

FORWARDS = """
ALTER TABLE answer ADD CONSTRAINT answer_one_per_question UNIQUE (assessment, question_id);
ALTER TABLE answer_version ADD CONSTRAINT answer_version_once UNIQUE (assessment, question_id, version);
CREATE UNIQUE INDEX assessment_one_open ON assessment (organisation, period)
  WHERE state IN ('draft', 'submitted', 'approved');
CREATE INDEX assessment_by_organisation ON assessment (organisation, started_at DESC);
CREATE INDEX evidence_by_question ON evidence (assessment, question_id) WHERE removed_at IS NULL;
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="assessments", description=DESCRIPTION)

    async def run():
        await db.transaction_connection().execute(FORWARDS)

    manager.add_raw(run)
    return manager
