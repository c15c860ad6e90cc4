"""Registers the tables of attestations with Piccolo's migrations."""

from __future__ import annotations

import os

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="attestations",
    migrations_folder_path=os.path.join(os.path.dirname(__file__), "piccolo_migrations"),
    table_classes=table_finder(modules=["backend.attestations.tables"], exclude_imported=True),
    migration_dependencies=[
        "backend.organisations.piccolo_app",
        "backend.assessments.piccolo_app",
        "backend.transparency.piccolo_app",
    ],
)
