"""Sign up, sign in, sign out, invitations and the members of an organisation."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from litestar import Request, Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect, Template

from backend.adapters import context
from backend.adapters.countries import country_names
from backend.kernel.actor import Actor
from backend.kernel.errors import Invalid
from backend.kernel.vocabulary import Role
from backend.organisations import service as organisations
from backend.organisations.rules.people import SignUp
from backend.sectors import service as sectors
from backend.web.forms import texts
from backend.web.render import SECTOR_TITLES, page
from backend.web.session import SESSION_COOKIE, CurrentActor, drop_session, keep_session, safe_next

AnyRequest = Request[Any, Any, Any]
HOME = "/assessments"
_NOBODY = {"name": "", "email": "", "roles": [Role.EDITOR.value]}


def _sign_up_page(actor: Actor, values: dict[str, Any], errors: dict[str, str], status: int = 200) -> Template:
    titles = {sector.value: title for sector, title in SECTOR_TITLES.items()}
    # In the order of the vocabulary: the four main sectors first.
    choices = [(sector, title) for sector, title in titles.items() if sector in sectors.available_sectors()]
    return page(
        "account/sign_up.html",
        actor,
        "/sign-up",
        status,
        values=values,
        errors=errors,
        countries=country_names(),
        sectors=choices,
    )


@get("/sign-up", name="sign_up")
async def show_sign_up(actor: CurrentActor) -> Template:
    return _sign_up_page(actor, {"sectors": []}, {})


@post("/sign-up", status_code=303)
async def do_sign_up(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    form = await request.form()
    values = texts(form, "legal_name", "country", "name", "email")
    chosen = tuple(str(one) for one in form.getall("sectors", []))
    password = str(form.get("password", ""))
    try:
        await organisations.sign_up(SignUp(**values, sectors=chosen, password=password))
        token = await organisations.sign_in(values["email"], password)
    except Invalid as error:
        return _sign_up_page(actor, {**values, "sectors": list(chosen)}, dict(error.fields), 422)
    response = Redirect(HOME, status_code=303)
    keep_session(response, token)
    return response


@get("/sign-in", name="sign_in")
async def show_sign_in(request: AnyRequest, actor: CurrentActor) -> Template:
    following = safe_next(request.query_params.get("next"), HOME)
    return page("account/sign_in.html", actor, "/sign-in", values={"email": "", "next": following}, errors={})


@post("/sign-in", status_code=303)
async def do_sign_in(request: AnyRequest, actor: CurrentActor) -> Response[Any]:
    form = await request.form()
    values = texts(form, "email", "next")
    try:
        token = await organisations.sign_in(values["email"], str(form.get("password", "")))
    except Invalid as error:
        errors = {"": error.message, **error.fields}
        return page("account/sign_in.html", actor, "/sign-in", 422, values=values, errors=errors)
    response = Redirect(safe_next(values["next"], HOME), status_code=303)
    keep_session(response, token)
    return response


@post("/sign-out", status_code=303)
async def do_sign_out(request: AnyRequest) -> Response[Any]:
    token = request.cookies.get(SESSION_COOKIE)
    if token:
        await organisations.sign_out(token)
    response = Redirect("/", status_code=303)
    drop_session(response)
    return response


async def _members_page(
    actor: Actor, values: dict[str, Any], errors: dict[str, str], link: str | None = None, status: int = 200
) -> Template:
    return page(
        "account/members.html",
        actor,
        "/members",
        status,
        organisation=await organisations.get_own_organisation(actor),
        members=await organisations.list_members(actor),
        roles=[role.value for role in Role],
        may_invite=Role.OWNER in actor.roles,
        values=values,
        errors=errors,
        invitation_link=link,
    )


@get("/members")
async def show_members(actor: CurrentActor) -> Template:
    return await _members_page(actor, _NOBODY, {})


@post("/members", status_code=200)
async def do_invite(request: AnyRequest, actor: CurrentActor) -> Template:
    form = await request.form()
    values = texts(form, "name", "email")
    roles = [str(role) for role in form.getall("roles", [])]
    try:
        token = await organisations.invite_member(actor, values["name"], values["email"], roles)
    except Invalid as error:
        return await _members_page(actor, {**values, "roles": roles}, dict(error.fields), status=422)
    return await _members_page(actor, _NOBODY, {}, _invitation_link(token))


@post("/members/{member_id:uuid}/invitation", status_code=200)
async def do_renew_invitation(actor: CurrentActor, member_id: FromPath[UUID]) -> Template:
    token = await organisations.renew_invitation(actor, member_id)
    return await _members_page(actor, _NOBODY, {}, _invitation_link(token))


def _invitation_link(token: str) -> str:
    return f"{context.current().settings.base_url}/invitations/{token}"


@get("/invitations/{token:str}")
async def show_invitation(actor: CurrentActor, token: FromPath[str]) -> Template:
    return page("account/invitation.html", actor, "/invitations", token=token, errors={})


@post("/invitations/{token:str}", status_code=303)
async def do_accept(request: AnyRequest, actor: CurrentActor, token: FromPath[str]) -> Response[Any]:
    form = await request.form()
    try:
        session = await organisations.accept_invitation(token, str(form.get("password", "")))
    except Invalid as error:
        return page("account/invitation.html", actor, "/invitations", 422, token=token, errors=dict(error.fields))
    response = Redirect(HOME, status_code=303)
    keep_session(response, session)
    return response


HANDLERS = [
    show_sign_up,
    do_sign_up,
    show_sign_in,
    do_sign_in,
    do_sign_out,
    show_members,
    do_invite,
    do_renew_invitation,
    show_invitation,
    do_accept,
]
