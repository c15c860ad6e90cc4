"""Scoring from files: what `para73 score` does, with the same readers and the same function as the server."""

from __future__ import annotations

from pathlib import Path

from backend.assessments.rules.answers_file import AnswersHeader, read_answers
from backend.assessments.rules.scorecard import Scorecard
from backend.assessments.rules.scoring import score
from backend.kernel.errors import FileProblem, FileRefused
from backend.kernel.vocabulary import Basis, Form
from backend.sectors import service as sectors
from backend.sectors.rules.compose import compose, supplier_form
from backend.sectors.rules.parse import parse_module
from backend.sectors.rules.questionnaire import Module, Questionnaire

MAX_FILE_BYTES = 5 * 1024 * 1024


def score_file(answers: Path, modules: list[Path] | None) -> Scorecard:
    """Return the scorecard of an answers file. Raises FileRefused for a mistake in any of the files."""
    own = read_modules(modules) if modules else None

    def compose_for(header: AnswersHeader) -> Questionnaire:
        if own is None:
            return sectors.get_questionnaire(header.modules, header.form)
        whole = compose(own)
        return supplier_form(whole) if header.form is Form.SUPPLIER else whole

    read = read_answers(_bytes(answers), answers.name, compose_for)
    return score(read.questionnaire, read.answers, read.header.reference_date, read.verifications)


def read_modules(files: list[Path]) -> list[Module]:
    """Return the modules in these files. Raises FileRefused with every mistake of the first bad one."""
    return [parse_module(_bytes(file), file.name) for file in files]


def scorecard_text(scorecard: Scorecard) -> str:
    """Return a scorecard for people: three bases, then the clauses."""
    lines = []
    for basis in Basis:
        part = scorecard.bases[basis]
        points = "no score" if part.score_bp is None else f"{part.score_bp / 100:.2f}"
        told = part.level.value if part.level else (part.level_withheld or "")
        capped = f", {part.uncapped_bp / 100:.2f} before caps" if part.uncapped_bp not in (None, part.score_bp) else ""
        lines.append(f"{basis.value:<10} {points:>8}  {told}{capped}")
        if part.failed_critical:
            lines.append(f"{'':<10} failed critical: {', '.join(part.failed_critical)}")
    lines.append("")
    lines.append("clause     " + "  ".join(f"{basis.value:>9}" for basis in Basis))
    for clause in scorecard.bases[Basis.DECLARED].clauses:
        figures = "  ".join(f"{scorecard.bases[basis].clauses[clause].score_bp / 100:>9.2f}" for basis in Basis)
        lines.append(f"{clause.value:<10} {figures}")
    counts = scorecard.counts
    lines.append("")
    lines.append(
        f"{counts.answered} of {counts.applicable} applicable questions answered, {counts.not_applicable} not "
        f"applicable, {counts.unknown} unknown, {counts.evidenced} with evidence, {counts.verified} verified"
    )
    lines.append(f"questionnaire {scorecard.questionnaire_digest}, method {scorecard.method}")
    return "\n".join(lines)


def _bytes(path: Path) -> bytes:
    size = path.stat().st_size
    if size > MAX_FILE_BYTES:
        reason = f"the file has {size:,} bytes; at most {MAX_FILE_BYTES:,} are read"
        raise FileRefused([FileProblem(path.name, 1, 1, "", reason)])
    return path.read_bytes()
