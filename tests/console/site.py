"""A console on a real database, asked over loopback."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from aiohttp import web
from aiohttp.test_utils import TestClient, TestServer
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from calls.clock import LoopClock
from calls.errors import ConfigurationError
from calls.house_ports import OrderAnswer
from calls.randomness import SeededRandomness
from console.access import Access
from console.api import CallsApi
from console.orders_api import OrdersApi
from console.pages import CallPages
from console.reading import CallReader
from console.routes import guards, mount, routes
from records.log import PostgresSink
from records.store import serve_as_app_role
from records.tokens import CALLS_READ, Tokens

Client = TestClient[web.Request, web.Application]
KEY = b"k" * 32
NOW = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


@dataclass(slots=True)
class Given:
    """Takes orders instead of a call; answers what it is told to."""

    answer: OrderAnswer = field(default_factory=lambda: OrderAnswer("accepted"))
    orders: list[tuple[str, str, str, str]] = field(default_factory=list)

    async def give(self, call: str, author: str, kind: str, body: str = "") -> OrderAnswer:
        """Notes the order."""
        if kind not in ("say", "hand_over", "end"):
            raise ConfigurationError(f"{kind!r} is no order")
        self.orders.append((call, author, kind, body))
        return self.answer


@dataclass(frozen=True, slots=True)
class Site:
    """A running console and what is behind it."""

    client: Client
    sink: PostgresSink
    engine: AsyncEngine
    recordings: Path
    access: Access
    tokens: Tokens
    token: str
    given: Given

    @property
    def bearer(self) -> dict[str, str]:
        """The header of a program that may read."""
        return {"Authorization": f"Bearer {self.token}"}

    async def sign_in(self) -> None:
        """As a person with the form."""
        answer = await self.client.post("/login", data={"token": self.token}, allow_redirects=False)
        assert answer.status == 303


@asynccontextmanager
async def site(url: str, folder: Path, public_url: str = "") -> AsyncIterator[Site]:
    """Opens it; cookies are kept by the client."""
    engine = create_async_engine(url)
    serve_as_app_role(engine)
    clock = LoopClock(epoch=NOW)
    tokens = Tokens(engine, SeededRandomness(1))
    access = Access(tokens, KEY, clock, public_url, SeededRandomness(2))
    reader = CallReader(engine, folder)
    app = web.Application()
    given = Given()
    orders = OrdersApi(access, reader.index, given)
    mount(app, routes(access, CallsApi(reader), orders, CallPages(reader)), guards(access))
    async with PostgresSink(engine, "w1", folder / "spool").running() as sink:
        token = await tokens.create([CALLS_READ], clock.wall(), "test")
        async with TestClient(TestServer(app)) as client:
            yield Site(client, sink, engine, folder, access, tokens, token, given)
    await engine.dispose()
