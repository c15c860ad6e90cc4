"""Reading a module file whole, with every rule of questionnaire-format.md, and every problem at once."""

from __future__ import annotations

import re
from collections.abc import Mapping

from backend.kernel.cursor import Cursor, near, shown
from backend.kernel.marked import Node, Problems, plain, read_marked
from backend.kernel.vocabulary import Clause
from backend.sectors.rules.conditions import tests_of
from backend.sectors.rules.parse_question import LOWER_ID, LOWER_ID_RIGHT, read_day, read_question, read_text
from backend.sectors.rules.questionnaire import Module, Notice, Question, Section

CORE = "core"
MAX_CLAUSE_WEIGHT = 100
VERSION = re.compile(r"[0-9]{1,4}(\.[0-9]{1,4}){1,2}")
VERSION_RIGHT = 'numbers with full stops, in quotes, such as "2026.1"'


def parse_module(data: bytes, file: str) -> Module:
    """Return the module that a YAML or JSON file holds. Raises FileRefused with file, line and question.

    `file` names the file in problems and decides between YAML and JSON. Conditions on questions of other
    modules are checked by `compose`, which has them.
    """
    problems = Problems(file)
    root = read_marked(data, file)
    cursor = Cursor(root, "", problems)
    found = cursor.map_of(["id", "version", "title", "sections"], ["clause_weights", "supplier_notices"])
    module_id = found["id"].text(LOWER_ID, LOWER_ID_RIGHT) if "id" in found else ""
    module = Module(
        id=module_id,
        version=found["version"].text(VERSION, VERSION_RIGHT) if "version" in found else "",
        title=read_text(found["title"]) if "title" in found else {},
        sections=_read_sections(found["sections"], module_id) if "sections" in found else (),
        clause_weights=_read_clause_weights(cursor, found, module_id),
        supplier_notices=_read_notices(cursor, found, module_id),
        source=plain(root) if isinstance(root.value, Mapping) else {},
    )
    problems.refuse_if_any()
    return module


def _read_clause_weights(cursor: Cursor, found: Mapping[str, Cursor], module_id: str) -> dict[Clause, int]:
    if module_id == CORE:
        if "clause_weights" in found:
            cursor.wrong_key("clause_weights", "core has no clause weights; they belong to the sectors")
        return {}
    if "clause_weights" not in found:
        if module_id:
            cursor.wrong("a sector module needs clause_weights for a to h")
        return {}
    weights = found["clause_weights"].map_of([clause.value for clause in Clause])
    return {Clause(clause): weight.integer(0, MAX_CLAUSE_WEIGHT) for clause, weight in sorted(weights.items())}


def _read_notices(cursor: Cursor, found: Mapping[str, Cursor], module_id: str) -> tuple[Notice, ...]:
    if "supplier_notices" not in found:
        return ()
    if module_id != CORE:
        cursor.wrong_key("supplier_notices", "the notices that open the supplier form belong to core")
        return ()
    notices: list[Notice] = []
    for part in found["supplier_notices"].items(at_least=1):
        keys = part.map_of(["id", "text"], ["last_checked"])
        if {"id", "text"} <= set(keys):
            notice_id = keys["id"].text(LOWER_ID, LOWER_ID_RIGHT)
            if any(notice.id == notice_id for notice in notices):
                keys["id"].wrong(f"the notice {notice_id} stands twice")
            day = read_day(keys["last_checked"]) if "last_checked" in keys else None
            notices.append(Notice(notice_id, read_text(keys["text"]), day))
    return tuple(notices)


def _read_sections(cursor: Cursor, module_id: str) -> tuple[Section, ...]:
    parts = [part.map_of(["id", "title", "questions"]) for part in cursor.items(at_least=1)]
    reader = _Questions(module_id, [found["questions"] for found in parts if "questions" in found])
    sections: list[Section] = []
    for found in parts:
        section_id = found["id"].text(LOWER_ID, LOWER_ID_RIGHT) if "id" in found else ""
        if section_id and any(section.id == section_id for section in sections):
            found["id"].wrong(f"the section {section_id} stands twice")
        title = read_text(found["title"]) if "title" in found else {}
        questions = reader.read(found["questions"]) if "questions" in found else ()
        sections.append(Section(section_id, title, questions))
    return tuple(sections)


class _Questions:
    """Reads the questions of a module in their order, so that conditions can be held against what came before."""

    def __init__(self, module_id: str, lists: list[Cursor]) -> None:
        self.module_id = module_id
        self.earlier: dict[str, Question | None] = {}
        self.all_ids = [found for part in lists for found in _ids_in(part.node)]

    def read(self, cursor: Cursor) -> tuple[Question, ...]:
        questions: list[Question] = []
        for part in cursor.items(at_least=1):
            written = _id_of(part.node)
            named = part.named(written) if written else part
            later = set(self.all_ids) - set(self.earlier)
            question_id, question = read_question(named, self.earlier, later)
            if question_id in self.earlier:
                named.wrong(f"the question {question_id} stands twice")
            elif question_id:
                self.earlier[question_id] = question
            if question is not None:
                self._check_outside(named, question)
                questions.append(question)
        return tuple(questions)

    def _check_outside(self, cursor: Cursor, question: Question) -> None:
        """Core stands first, so it can look at nothing but itself."""
        if self.module_id != CORE:
            return
        for asks in tests_of(question.applies_when):
            if asks.question and asks.question not in self.all_ids:
                hint = near(asks.question, self.all_ids)
                cursor.wrong(f"its condition asks for {shown(asks.question)}, which is no question of core{hint}")


def _ids_in(node: Node) -> list[str]:
    parts = node.value if isinstance(node.value, tuple) else ()
    return [found for part in parts if (found := _id_of(part))]


def _id_of(node: Node) -> str:
    entry = node.value.get("id") if isinstance(node.value, Mapping) else None
    return entry.node.value if entry is not None and isinstance(entry.node.value, str) else ""
