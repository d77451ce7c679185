"""Two servers over one record, with a load balancer in front, and the carrier that finds whoever is left."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, field

from telephony.twin.ports import Form, Reply, Unreachable
from telephony.twin.web import WebNetwork, WebSocket
from tests.wire.process import Server

PUBLIC = "http://127.0.0.1:9"
"""What both believe to be their address; nothing listens there (RFC 863, discard)."""
QUICK = ("--word-ms", "120")
"""Options of servers whose callers have heard it all before."""
HOLD_S = 12.0
"""How long a request waits for somebody to listen; Twilio gives up after 15 s."""


@dataclass
class Fronted:
    """Implements the twin's ``Network``: the first server that can be reached gets it (active and passive)."""

    networks: Sequence[WebNetwork]
    order: list[int] = field(default_factory=list)
    asked: list[tuple[int, str]] = field(default_factory=list)
    """(server, path) of every request that was answered"""

    async def request(self, method: str, url: str, form: Form, headers: Mapping[str, str]) -> Reply:
        """Raises Unreachable when nobody came."""
        until = asyncio.get_running_loop().time() + HOLD_S
        while True:
            for at in list(self.order):
                try:
                    reply = await self.networks[at].request(method, url, form, headers)
                except Unreachable:
                    continue
                self.asked.append((at, url.removeprefix(PUBLIC)))
                return reply
            if asyncio.get_running_loop().time() >= until:
                raise Unreachable("no server listens")
            await asyncio.sleep(0.05)

    async def open_socket(self, url: str, headers: Mapping[str, str]) -> WebSocket:
        """Raises UpgradeRefused or Unreachable."""
        last: Unreachable | None = None
        for at in list(self.order):
            try:
                return await self.networks[at].open_socket(url, headers)
            except Unreachable as why:
                last = why
        raise last or Unreachable("no server listens")


@contextlib.asynccontextmanager
async def fronted(servers: Sequence[Server]) -> AsyncIterator[Fronted]:
    """The network in front of these servers, which were told that they are ``PUBLIC``."""
    async with contextlib.AsyncExitStack() as stack:
        networks = [await stack.enter_async_context(WebNetwork({PUBLIC: server.url})) for server in servers]
        yield Fronted(networks, list(range(len(servers))))
