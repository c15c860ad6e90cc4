from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.adapters import db

ID = "2026-11-24T22:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "One open assessment of each form per organisation and period"

FORWARDS = """
CREATE UNIQUE INDEX assessment_one_open_of_each_form ON assessment (organisation, period, form)
  WHERE state IN ('draft', 'submitted', 'approved');
DROP INDEX assessment_one_open;
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="assessments", description=DESCRIPTION)

    async def run():
        await db.transaction_connection().execute(FORWARDS)

    manager.add_raw(run)
    return manager
