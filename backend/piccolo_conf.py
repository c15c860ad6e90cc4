"""Where Piccolo finds the database and the packages that have tables."""

from __future__ import annotations

import os

from piccolo.conf.apps import AppRegistry
from piccolo.engine.postgres import PostgresEngine

DB = PostgresEngine(
    config={"dsn": os.environ.get("DATABASE_URL", "")},
    extensions=(),
    log_queries=False,
)

APP_REGISTRY = AppRegistry(
    apps=[
        "backend.organisations.piccolo_app",
        "backend.sectors.piccolo_app",
        "backend.assessments.piccolo_app",
        "backend.transparency.piccolo_app",
        "backend.attestations.piccolo_app",
    ]
)
