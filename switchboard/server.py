"""The aiohttp application: every route with its permission, security headers, start and drain."""

from __future__ import annotations

import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Mapping

from aiohttp import web

from calls.errors import ConfigurationError
from switchboard.settings import Settings

Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
Guard = Callable[[web.Request], Awaitable[web.StreamResponse | None]]
"""Answers None to let a request through, or the response that refuses it."""
RouteRow = tuple[str, str, Handler, str]
"""(method, path, handler, permission)"""

PERMISSION = web.AppKey("permission", dict[tuple[str, str], str])
"""(method, path) -> permission of every mounted route; the architecture tests read it"""

MAX_BODY = 256 * 1024

HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


async def passes(_: web.Request) -> None:
    """For routes that check for themselves: the carrier's signatures, tickets, tokens."""


def build(rows: Iterable[RouteRow], guards: Mapping[str, Guard]) -> web.Application:
    """An application of these routes. Raises ConfigurationError for a route whose permission nobody guards."""
    app = web.Application(client_max_size=MAX_BODY, middlewares=[_headers])
    permissions: dict[tuple[str, str], str] = {}
    for method, path, handler, permission in rows:
        guard = guards.get(permission)
        if guard is None:
            raise ConfigurationError(f"route {method} {path} asks for {permission!r}, which nothing guards")
        permissions[method, path] = permission
        app.router.add_route(method, path, _guarded(handler, guard))
    app[PERMISSION] = permissions
    return app


def _guarded(handler: Handler, guard: Guard) -> Handler:
    async def answer(request: web.Request) -> web.StreamResponse:
        refusal = await guard(request)
        return refusal if refusal is not None else await handler(request)

    return answer


@web.middleware
async def _headers(request: web.Request, handler: Handler) -> web.StreamResponse:
    try:
        response = await handler(request)
    except web.HTTPException as refused:
        for name, value in HEADERS.items():
            refused.headers.setdefault(name, value)
        raise
    if not response.prepared:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
    return response


class Listener:
    """A site that listens."""

    def __init__(self, runner: web.AppRunner, site: web.BaseSite) -> None:
        self._runner = runner
        self._site = site

    @property
    def port(self) -> int:
        """Where it listens."""
        return int(self._runner.addresses[0][1])

    async def stop(self) -> None:
        """Take no new connection, and keep no idle one; what is being answered goes on. Once."""
        await self._site.stop()
        if self._runner.server is not None:
            self._runner.server.pre_shutdown()


@contextlib.asynccontextmanager
async def listening(app: web.Application, settings: Settings) -> AsyncIterator[Listener]:
    """Serve until the block is left. Raises ConfigurationError when the port is in use."""
    runner = web.AppRunner(app, access_log=None, handle_signals=False, shutdown_timeout=2.0)
    await runner.setup()
    site = web.TCPSite(runner, settings.host, settings.port, reuse_address=True)
    try:
        try:
            await site.start()
        except OSError as why:
            raise ConfigurationError(
                f"{settings.host}:{settings.port} cannot be listened on ({why.strerror}); stop what uses it, "
                f"or set PORT to another, for example PORT={settings.port + 1}"
            ) from why
        yield Listener(runner, site)
    finally:
        await runner.cleanup()
