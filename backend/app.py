"""The web application: the only place that wires everything together."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from litestar import Litestar
from litestar.di import Provide
from litestar.exceptions import HTTPException
from litestar.plugins.jinja import JinjaTemplateEngine
from litestar.template import TemplateConfig

from backend.adapters import context, db
from backend.adapters.logs import configure_logs
from backend.graphql.endpoint import graphql_routes
from backend.kernel.errors import Para73Error
from backend.settings import Settings, read_settings
from backend.web import errors
from backend.web.home import show_graphiql
from backend.web.language import provide_language
from backend.web.render import environment
from backend.web.routes import ROUTES
from backend.web.security import FormRequest, RequestFrame, csrf_config
from backend.web.session import provide_actor


def create_app(settings: Settings | None = None) -> Litestar:
    """Return the ASGI application. Raises SettingRefused, and Unavailable without a usable key or database."""
    chosen = settings or read_settings()
    configure_logs(chosen.log_format)
    here = context.configure(context.from_settings(chosen))

    @asynccontextmanager
    async def pool(_: Litestar) -> AsyncIterator[None]:
        await db.open_pool()
        try:
            yield
        finally:
            await db.close_pool()

    app = Litestar(
        route_handlers=[*ROUTES, *graphql_routes(show_graphiql)],
        dependencies={"actor": Provide(provide_actor), "language": Provide(provide_language)},
        exception_handlers={
            Para73Error: errors.on_expected,
            HTTPException: errors.on_http,
            Exception: errors.on_unexpected,
        },
        template_config=TemplateConfig(instance=JinjaTemplateEngine.from_environment(environment())),
        csrf_config=csrf_config(chosen, here.form_secret),
        lifespan=[pool],
        openapi_config=None,
        request_class=FormRequest,
        request_max_body_size=1024 * 1024,
    )
    app.asgi_handler = RequestFrame(app.asgi_handler, chosen.uses_https)
    return app
