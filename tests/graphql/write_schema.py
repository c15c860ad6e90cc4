"""Write backend/graphql/schema.graphql anew, after the schema was changed on purpose."""

from __future__ import annotations

from backend.graphql.schema import schema
from tests.graphql.test_schema import FILE

if __name__ == "__main__":
    FILE.write_text(schema.as_str() + "\n")
