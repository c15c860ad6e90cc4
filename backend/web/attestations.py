"""Public attestations: the list, the page, and the files that verifiers read."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get
from litestar.enums import MediaType
from litestar.params import FromPath

from backend.adapters.countries import country_names
from backend.attestations import service as attestations
from backend.attestations.rules.views import ScoreFilter, ScoreOrder
from backend.kernel.actor import Actor
from backend.kernel.errors import NotFound
from backend.sectors import service as sectors
from backend.transparency import service as transparency
from backend.web.public_reads import mark_public, not_modified, public_file
from backend.web.render import page
from backend.web.session import CurrentActor

AnyRequest = Request[Any, Any, Any]
PAGE = 25
ENDINGS = (".json", ".tlog-proof", ".bundle")


@get("/attestations")
async def show_list(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    given = {
        name: (request.query_params.get(name) or "").strip()
        for name in ("country", "sector", "search", "order", "after")
    }
    orders = [one.value for one in ScoreOrder]
    order = ScoreOrder(given["order"]) if given["order"] in orders else ScoreOrder.NEWEST
    wanted = ScoreFilter(
        country=given["country"].upper() or None, sector=given["sector"] or None, search=given["search"][:100] or None
    )
    found = await attestations.list_published(wanted, order, PAGE, given["after"] or None)
    if actor.member_id is None and (same := not_modified(request, found.tree_size)):
        return same
    shown = page(
        "attestations/list.html",
        actor,
        "/attestations",
        page=found,
        filters={**given, "order": order.value},
        orders=orders,
        countries=country_names(),
        sectors=sectors.available_sectors(),
    )
    return shown if actor.member_id else mark_public(request, found.tree_size, shown)


@get("/attestations/{name:str}")
async def show(request: AnyRequest, actor: CurrentActor, name: FromPath[str]) -> Response[Any]:
    """One attestation: its page, or with an ending its credential, its proof, or both in a bundle."""
    ending = next((one for one in ENDINGS if name.endswith(one)), "")
    try:
        attestation_id = UUID(name.removesuffix(ending))
    except ValueError:
        raise NotFound("There is no attestation at this address.") from None
    if ending:
        return await _file(request, attestation_id, ending)
    detail = await attestations.find_public(attestation_id)
    if detail is None:
        return await _not_yet(actor, attestation_id)
    if actor.member_id is None and (same := not_modified(request, detail.tree_size)):
        return same
    shown = page(
        "attestations/show.html",
        actor,
        "/attestations",
        attestation=detail.attestation,
        credential=detail.credential,
        credential_text=detail.credential_text,
        tree_size=detail.tree_size,
    )
    return shown if actor.member_id else mark_public(request, detail.tree_size, shown)


async def _not_yet(actor: Actor, attestation_id: UUID) -> Response[Any]:
    """Its own organisation sees that the log is about to cover it; everybody else sees nothing yet."""
    own = await attestations.list_own(actor) if actor.member_id else []
    if not any(one.id == attestation_id for one in own):
        raise NotFound("There is no attestation at this address.")
    shown = page("attestations/waiting.html", actor, "/attestations", attestation_id=attestation_id)
    shown.headers["refresh"] = "1"
    return shown


async def _file(request: AnyRequest, attestation_id: UUID, ending: str) -> Response[Any]:
    head = await transparency.find_head()
    detail = await attestations.get_public(attestation_id, head)
    if same := not_modified(request, detail.tree_size):
        return same
    if ending == ".json":
        body, media_type = detail.credential_text.encode(), "application/vc"
    elif ending == ".tlog-proof":
        body, media_type = (await attestations.get_proof(attestation_id, head)).encode(), MediaType.TEXT
    else:
        body, media_type = await attestations.get_bundle(attestation_id, head), MediaType.JSON
    return public_file(request, detail.tree_size, body, media_type)


@get("/contexts/attestation/v1")
async def credential_context() -> Response[Any]:
    headers = {
        "access-control-allow-origin": "*",
        "cross-origin-resource-policy": "cross-origin",
        # Immutable under its version; a change is another address.
        "cache-control": "public, max-age=31536000, immutable",
    }
    return Response(attestations.credential_context(), media_type="application/ld+json", headers=headers)


@get("/.well-known/did.json")
async def did_json() -> Response[Any]:
    headers = {"access-control-allow-origin": "*", "cross-origin-resource-policy": "cross-origin"}
    document = await attestations.did_json()
    return Response(document, media_type="application/did+json", headers=headers)


HANDLERS = [show_list, show, credential_context, did_json]
