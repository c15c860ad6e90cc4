"""Registers the tables of transparency with Piccolo's migrations."""

from __future__ import annotations

import os

from piccolo.conf.apps import AppConfig, table_finder

APP_CONFIG = AppConfig(
    app_name="transparency",
    migrations_folder_path=os.path.join(os.path.dirname(__file__), "piccolo_migrations"),
    table_classes=table_finder(modules=["backend.transparency.tables"], exclude_imported=True),
    migration_dependencies=[],
)
