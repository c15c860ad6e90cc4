"""The pages that explain: home, method, questionnaires, and the page that verifies a file in the browser."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath
from litestar.response import Template

from backend.attestations import service as attestations
from backend.attestations.rules.views import ScoreFilter, ScoreOrder
from backend.kernel.actor import PUBLIC
from backend.kernel.vocabulary import Clause
from backend.sectors import service as sectors
from backend.transparency import service as transparency
from backend.web.public_reads import mark_public, not_modified
from backend.web.render import page
from backend.web.security import GRAPHIQL_POLICY
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
LATEST = 6
CLAUSES = {
    Clause.A: "Corporate social responsibility initiatives for children are joined, extended and shared",
    Clause.B: "Policies against the sale and sexual exploitation of children bind staff and suppliers alike",
    Clause.C: "Risks are studied, and children, families and communities are informed",
    Clause.D: "No child labour; decent work; integrity and openness about money",
    Clause.E: "Internet and telecommunication services block, report and help",
    Clause.F: "Tourism adopts a code of conduct, trains its staff and tells its travellers",
    Clause.G: "Victims and children at risk are supported, with authorities and communities",
    Clause.H: "What was done is monitored and reported in public",
}


@get("/")
async def show_home(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    found = await attestations.list_published(ScoreFilter(), ScoreOrder.NEWEST, LATEST, None)
    if actor.member_id is None and (same := not_modified(request, found.tree_size)):
        return same
    shown = page("home.html", actor, "/", scores=found.items, total=found.total, tree_size=found.tree_size)
    return shown if actor.member_id else mark_public(request, found.tree_size, shown)


@get("/method")
async def show_method(actor: CurrentActor) -> Response[Any]:
    return page("method.html", actor, "/method", clauses={clause.value: text for clause, text in CLAUSES.items()})


@get("/questionnaires")
async def show_questionnaires(actor: CurrentActor) -> Response[Any]:
    return page("questionnaires/list.html", actor, "/questionnaires", modules=sectors.current_modules())


@get("/questionnaires/{reference:str}")
async def show_module(actor: CurrentActor, reference: FromPath[str]) -> Response[Any]:
    module = sectors.get_module(_full_reference(reference))
    known = {
        question.id: {"module": one.id, "labels": {option.id: option.label["en"] for option in question.options}}
        for one in sectors.current_modules()
        for section in one.sections
        for question in section.questions
    }
    return page("questionnaires/module.html", actor, "/questionnaires", module=module, known=known)


@get("/questionnaires/{reference:str}/module.json")
async def module_json(reference: FromPath[str]) -> Response[Any]:
    module = sectors.get_module(_full_reference(reference))
    return Response(dict(module.source), media_type=MediaType.JSON)


def _full_reference(reference: str) -> str:
    """Take `tourism` for the newest version of it."""
    return next((one.reference for one in sectors.current_modules() if one.id == reference), reference)


@get("/verify")
async def show_verify(actor: CurrentActor) -> Response[Any]:
    return page("verify.html", actor, "/verify", trust=attestations.own_trust_json())


@get("/trust.json")
async def trust_json() -> Response[Any]:
    """What a verifier pins: the issuer, its credential keys and the log's key."""
    return Response(attestations.own_trust_json(), media_type=MediaType.JSON)


@get("/log")
async def show_log(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    head = await transparency.find_head()
    if head is not None and actor.member_id is None and (same := not_modified(request, head.size)):
        return same
    shown = page(
        "log.html",
        actor,
        "/log",
        head=head,
        entries=await transparency.list_latest_entries(head) if head else [],
        vkey=transparency.log_key().vkey,
        keys=await attestations.list_keys(),
    )
    return shown if actor.member_id or head is None else mark_public(request, head.size, shown)


def show_graphiql() -> Template:
    """Return GraphiQL; its editor sets styles from script, so this page alone allows that."""
    shown = page("graphql.html", PUBLIC, "/graphql")
    shown.headers["content-security-policy"] = GRAPHIQL_POLICY
    return shown


HANDLERS = [
    show_home,
    show_method,
    show_questionnaires,
    show_module,
    module_json,
    show_verify,
    trust_json,
    show_log,
]
