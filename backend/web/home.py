"""The pages that explain: home, method, the log, and the page that verifies a file in the browser."""

from __future__ import annotations

from typing import Any

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.response import Template

from backend.attestations import service as attestations
from backend.attestations.rules.views import ScoreFilter, ScoreOrder
from backend.kernel.actor import PUBLIC
from backend.kernel.vocabulary import Clause
from backend.transparency import service as transparency
from backend.web.public_reads import mark_public, not_modified
from backend.web.render import page
from backend.web.security import GRAPHIQL_POLICY
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
LATEST = 6
CLAUSES = {
    Clause.A: "Initiatives that exist are joined, extended, brought together and shared",
    Clause.B: "Policies bind the whole supply chain, and everybody is made aware and trained",
    Clause.C: "Policies are put into practice, and children, parents and communities are informed",
    Clause.D: "No exploitative child labour; decent work; accountability, the rule of law and fair taxes",
    Clause.E: "Online services filter, block, report and help; payments for abuse are traced and stopped",
    Clause.F: "Tourism has an ethical policy, trains its staff, and informs travellers and people at destinations",
    Clause.G: "Victims and children at risk are supported, and communities and governments reinforced",
    Clause.H: "What is done is monitored, and reported back to stakeholders",
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
    show_verify,
    trust_json,
    show_log,
]
