from piccolo.apps.migrations.auto.migration_manager import MigrationManager

from backend.adapters import db

ID = "2026-11-24T12:00:00:000003"
VERSION = "1.38.0"
DESCRIPTION = "An attestation is superseded once; public lists have an index for each of their orders"

FORWARDS = """
CREATE UNIQUE INDEX attestation_superseded_once ON attestation (supersedes) WHERE supersedes IS NOT NULL;
CREATE INDEX attestation_newest ON attestation (log_index DESC, id DESC);
CREATE INDEX attestation_highest ON attestation ((coalesce(declared_bp, -1)) DESC, id DESC);
CREATE INDEX attestation_by_name ON attestation ((lower(company_name)), id);
CREATE INDEX attestation_by_organisation ON attestation (organisation, log_index DESC);
CREATE INDEX committed_answer_by_attestation ON committed_answer (attestation);
"""


async def forwards():
    manager = MigrationManager(migration_id=ID, app_name="attestations", description=DESCRIPTION)

    async def run():
        await db.transaction_connection().execute(FORWARDS)

    manager.add_raw(run)
    return manager
