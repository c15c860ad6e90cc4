from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.adapters import db

ID = "2026-11-24T12:00:00:000001"
VERSION = "1.38.0"
DESCRIPTION = "The log takes inserts only: a trigger refuses update, delete and truncate"

FORWARDS = """
CREATE FUNCTION refuse_change_of_log() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'the log takes inserts only: % on % is refused', TG_OP, TG_TABLE_NAME;
END $$;
CREATE TRIGGER log_entry_inserts_only BEFORE UPDATE OR DELETE OR TRUNCATE ON log_entry
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log();
CREATE TRIGGER published_checkpoint_inserts_only BEFORE UPDATE OR DELETE OR TRUNCATE ON published_checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log();
CREATE TRIGGER checkpoint_inserts_only BEFORE UPDATE OR DELETE OR TRUNCATE ON checkpoint
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change_of_log();
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="transparency", description=DESCRIPTION)

    async def run():
        await db.transaction_connection().execute(FORWARDS)

    manager.add_raw(run)
    return manager
