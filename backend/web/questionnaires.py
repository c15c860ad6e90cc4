"""The published questionnaires, for reading, in each of their languages."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from backend.sectors import service as sectors
from backend.sectors.rules.clauses import duties_of_states
from backend.sectors.rules.languages import ENGLISH, LANGUAGES, preferred
from backend.sectors.rules.questionnaire import Module
from backend.sectors.rules.texts import units
from backend.web.render import page
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
NAV = "/questionnaires"


@get(NAV)
async def show_questionnaires(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    language = asked_language(request)
    modules = sectors.current_modules()
    return page("questionnaires/list.html", actor, NAV, modules=modules, language=language, languages=LANGUAGES)


@get("/questionnaires/{reference:str}")
async def show_module(request: AnyRequest, actor: CurrentActor, reference: FromPath[str]) -> Response[Any]:
    module = sectors.get_module(_full_reference(reference))
    return page("questionnaires/module.html", actor, NAV, **module_context(module, asked_language(request)))


@get("/questionnaires/{reference:str}/module.json")
async def module_json(reference: FromPath[str]) -> Response[Any]:
    module = sectors.get_module(_full_reference(reference))
    return Response(dict(module.source), media_type=MediaType.JSON)


def module_context(module: Module, language: str) -> dict[str, Any]:
    """Return what questionnaires/module.html shows of a module, which need not be one of the library's."""
    known = {
        question.id: {"module": one.id, "labels": {option.id: option.label for option in question.options}}
        for one in (*sectors.current_modules(), module)
        for question in one.questions
    }
    missing = sum(unit.translation is None for unit in units(module.source, language))
    return {
        "module": module,
        "known": known,
        "language": language,
        "languages": LANGUAGES,
        "missing": missing,
        "states": {question.id: duties_of_states(question.refs) for question in module.questions},
    }


def asked_language(request: AnyRequest) -> str:
    """Return the language that the address asks for, else English: a public page is a function of its address."""
    return preferred([request.query_params.get("lang") or ENGLISH])


def _full_reference(reference: str) -> str:
    """Take `tourism` for the newest version of it."""
    return next((one.reference for one in sectors.current_modules() if one.id == reference), reference)


HANDLERS = [show_questionnaires, show_module, module_json]
