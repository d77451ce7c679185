"""Status callbacks as Twilio sends them: best effort, beside the call, sometimes twice, sometimes out of order."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Awaitable, Callable

from telephony.twin.ports import Form

Post = Callable[[str, Form], Awaitable[None]]


class Callbacks:
    """Posts what is announced. With `disorder` 0 in order and once; `run` returns after `close`."""

    def __init__(self, post: Post, disorder: float, chance: random.Random) -> None:
        self._post = post
        self._disorder = disorder
        self._chance = chance
        self._waiting: asyncio.Queue[tuple[str, Form] | None] = asyncio.Queue()

    def announce(self, url: str | None, form: Form) -> None:
        """Queue one callback; nothing happens without a URL."""
        if url:
            self._waiting.put_nowait((url, form))

    def close(self) -> None:
        """Nothing more will be announced."""
        self._waiting.put_nowait(None)

    async def run(self) -> None:
        """Post until closed."""
        overtaken: list[tuple[str, Form]] = []
        while (item := await self._waiting.get()) is not None:
            if not overtaken and self._chance.random() < self._disorder:
                overtaken.append(item)
                continue
            await self._send(item)
            while overtaken:
                await self._send(overtaken.pop())
        for late in overtaken:
            await self._send(late)

    async def _send(self, item: tuple[str, Form]) -> None:
        await self._post(*item)
        if self._chance.random() < self._disorder:
            await self._post(*item)
