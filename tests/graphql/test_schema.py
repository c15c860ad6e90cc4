"""The schema as it is published: the committed file says what the code does, and everything in it is explained."""

from __future__ import annotations

from pathlib import Path

from graphql import (
    GraphQLEnumType,
    GraphQLInputObjectType,
    GraphQLObjectType,
    build_schema,
    is_specified_scalar_type,
    validate_schema,
)

from backend.attestations.rules.views import ScoreOrder
from backend.graphql import schema as module
from backend.graphql.attestations import ScoreOrderType
from backend.graphql.schema import schema

FILE = Path(module.__file__).with_name("schema.graphql")
UPDATE = "Run: .venv/bin/python -m tests.graphql.write_schema"


def test_the_committed_schema_is_that_of_the_code() -> None:
    assert FILE.read_text() == schema.as_str() + "\n", UPDATE


def test_the_committed_schema_can_be_read_by_others() -> None:
    assert validate_schema(build_schema(FILE.read_text())) == []


def undescribed() -> list[str]:
    """Return every type, field, argument and value of the schema that says nothing about itself."""
    found: list[str] = []
    for name, kind in schema._schema.type_map.items():
        if name.startswith("__") or is_specified_scalar_type(kind):
            continue
        if not kind.description:
            found.append(name)
        if isinstance(kind, GraphQLObjectType | GraphQLInputObjectType):
            for field_name, field in kind.fields.items():
                if not field.description:
                    found.append(f"{name}.{field_name}")
                arguments = getattr(field, "args", {})
                found += [f"{name}.{field_name}({one})" for one, part in arguments.items() if not part.description]
        if isinstance(kind, GraphQLEnumType):
            found += [f"{name}.{one}" for one, value in kind.values.items() if not value.description]
    return found


def test_everything_in_the_schema_is_explained() -> None:
    assert undescribed() == []


def test_explanations_are_sentences() -> None:
    for line in FILE.read_text().splitlines():
        text = line.strip().strip('"').strip()
        if line.strip().startswith('"""') and text:
            assert text[-1] in ".;", line
            assert "Type" not in text, line


def test_figures_name_their_unit() -> None:
    """A figure that is no plain count ends in its unit, so that nobody takes 8250 for a percentage."""
    scores = [
        field
        for kind in schema._schema.type_map.values()
        if isinstance(kind, GraphQLObjectType) and not kind.name.startswith("__")
        for field in kind.fields
        if "core" in field and str(kind.fields[field].type).startswith("Int")
    ]
    assert scores
    assert all(field.endswith("Bp") for field in scores)


def test_orders_of_the_api_are_those_of_the_service() -> None:
    assert [one.name for one in ScoreOrderType] == [one.name for one in ScoreOrder]
