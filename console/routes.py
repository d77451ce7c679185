"""Every route of the console, with the permission it asks for. A route without one cannot be mounted."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from typing import NamedTuple

from aiohttp import web

from calls.errors import ConfigurationError
from console import files
from console.access import Access
from console.api import CallsApi
from console.orders_api import OrdersApi
from console.pages import CallPages
from console.permissions import CALLS_READ, CALLS_SEE, CALLS_STEER, OPEN
from console.sign_in import SignIn

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""Answers None to let a request through, or the response that refuses it."""


class Route(NamedTuple):
    """One route. ``permission`` is one of ``console.permissions``, or another package's own word."""

    method: str
    path: str
    handler: Handler
    permission: str


def routes(access: Access, api: CallsApi, orders: OrdersApi, pages: CallPages) -> tuple[Route, ...]:
    """The console's table."""
    sign_in = SignIn(access)
    return (
        Route("GET", "/api/v1/calls", api.find, CALLS_READ),
        Route("GET", "/api/v1/calls/{call}", api.get, CALLS_READ),
        Route("GET", "/api/v1/calls/{call}/events", api.events, CALLS_READ),
        Route("GET", "/api/v1/calls/{call}/transcript", api.transcript, CALLS_READ),
        Route("GET", "/api/v1/calls/{call}/recording", api.recording, CALLS_READ),
        Route("POST", "/api/v1/calls/{call}/orders", orders.give, CALLS_STEER),
        Route("GET", "/", pages.home, CALLS_SEE),
        Route("GET", "/calls", pages.find, CALLS_SEE),
        Route("GET", "/calls/{call}", pages.show, CALLS_SEE),
        Route("GET", "/calls/{call}/parts", pages.parts, CALLS_READ),
        Route("GET", "/login", sign_in.form, OPEN),
        Route("POST", "/login", sign_in.enter, OPEN),
        Route("POST", "/logout", sign_in.leave, OPEN),
        *(Route("GET", f"/console/{name}", files.serve(name), OPEN) for name in files.NAMES),
    )


def guards(access: Access) -> dict[str, Guard]:
    """Who guards each of the console's permissions."""
    return {
        OPEN: _anybody,
        CALLS_READ: access.api_guard(CALLS_READ),
        CALLS_STEER: access.api_guard(CALLS_STEER),
        CALLS_SEE: access.page_guard(CALLS_READ),
    }


def mount(app: web.Application, table: Iterable[Route], guarded_by: Mapping[str, Guard]) -> None:
    """Add ``table`` to ``app``. Raises ConfigurationError for a permission which nothing guards."""
    for route in table:
        guard = guarded_by.get(route.permission)
        if guard is None:
            raise ConfigurationError(
                f"{route.method} {route.path} asks for {route.permission!r}, which nothing guards; declare one of "
                f"{', '.join(sorted(guarded_by))}"
            )
        app.router.add_route(route.method, route.path, _guarded(route.handler, guard))


def _guarded(handler: Handler, guard: Guard) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        refusal = await guard(request)
        return refusal if refusal is not None else await handler(request)

    return answer


async def _anybody(_: web.Request) -> None:
    return None
