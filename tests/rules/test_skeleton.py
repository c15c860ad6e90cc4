"""What an author begins with passes every check."""

from __future__ import annotations

import pytest

from backend.sectors import service as sectors
from backend.sectors.rules.compose import compose
from backend.sectors.rules.inspection import inspect_module
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.skeleton import skeleton

CORE = sectors.get_module("core@2026.1")


@pytest.mark.parametrize(
    ("module_id", "title"), [("retail", "Retail"), ("annex-ke_2", 'Kenya: "annex", first part'), ("3d", "Ünïcode {x}")]
)
def test_a_skeleton_is_a_module_without_gaps(module_id: str, title: str) -> None:
    module = parse_module(skeleton(module_id, title).encode(), "new.yaml")
    assert (module.id, module.title) == (module_id, {"en": title})
    assert inspect_module(module, CORE, ["en"]).gaps == ()
    assert len(compose([CORE, module]).questions) == len(CORE.questions) + 3
    known = {question.id for one in sectors.current_modules() for question in one.questions}
    assert not known & {question.id for question in module.questions}
