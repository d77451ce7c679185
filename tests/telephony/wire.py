"""A media socket on a real wire, loopback, with both ends in the hands of a test."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from contextlib import asynccontextmanager
from typing import Final

import aiohttp
from aiohttp import web

from calls.clock import Clock
from telephony.aiohttp_socket import AiohttpSocket
from telephony.twin.memory import MemorySocket

LIMIT_S: Final = 10.0
"""for one visit: what takes longer hangs"""


class Peer:
    """The far end, whatever the wire."""

    def __init__(self, end: MemorySocket | aiohttp.ClientWebSocketResponse) -> None:
        self.end = end

    async def send(self, message: str | bytes) -> None:
        """A text or a binary message."""
        if isinstance(self.end, MemorySocket):
            await (self.end.send_text(message) if isinstance(message, str) else self.end.send_bytes(message))
        else:
            await (self.end.send_str(message) if isinstance(message, str) else self.end.send_bytes(message))

    async def receive(self) -> str | None:
        """The next text; None for anything else."""
        if isinstance(self.end, MemorySocket):
            message = await self.end.receive()
            return message if isinstance(message, str) else None
        got = await self.end.receive()
        return got.data if got.type is aiohttp.WSMsgType.TEXT else None

    async def close(self) -> None:
        """Leave as one should."""
        await self.end.close()

    @property
    def close_code(self) -> int | None:
        """How it was closed, if it was."""
        return self.end.close_code


@asynccontextmanager
async def served(handler: Callable[[web.Request], Awaitable[web.StreamResponse]]) -> AsyncIterator[str]:
    """A server of this one address, which is yielded."""
    app = web.Application()
    app.router.add_get("/", handler)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        await web.TCPSite(runner, "127.0.0.1", 0).start()
        yield f"http://127.0.0.1:{runner.addresses[0][1]}/"
    finally:
        await runner.cleanup()


async def over_the_wire(
    serve: Callable[[AiohttpSocket], Awaitable[None]],
    visit: Callable[[Peer], Coroutine[None, None, None]],
    clock: Clock | None = None,
    bare: bool = False,
) -> None:
    """Both ends to their ends, ours in the test's own task: what either asserts in vain fails the test, and so does
    what takes too long.

    A ``bare`` far end answers neither pings nor a close by itself.
    """
    loop = asyncio.get_running_loop()
    accepted: asyncio.Future[AiohttpSocket] = loop.create_future()
    over = asyncio.Event()

    async def handler(request: web.Request) -> web.StreamResponse:
        async with AiohttpSocket.accepted(request, clock) as socket:
            accepted.set_result(socket)
            await over.wait()
        return socket.response

    async with (
        asyncio.timeout(LIMIT_S),
        served(handler) as url,
        aiohttp.ClientSession() as session,
        session.ws_connect(url, autoping=not bare, autoclose=not bare) as far,
        asyncio.TaskGroup() as group,
    ):
        group.create_task(visit(Peer(far)))
        try:
            await serve(await accepted)
        finally:
            over.set()
