"""The console's own style and script; nothing is fetched from anywhere else."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from pathlib import Path

from aiohttp import web

FOLDER = Path(__file__).with_name("assets")
TYPES = {"console.css": "text/css", "console.js": "text/javascript", "icon.svg": "image/svg+xml"}
NAMES = tuple(TYPES)


@cache
def _content(name: str) -> bytes:
    return (FOLDER / name).read_bytes()


def serve(name: str) -> Callable[[web.Request], Awaitable[web.StreamResponse]]:
    """A handler for one of ``NAMES``."""

    async def answer(_: web.Request) -> web.StreamResponse:
        headers = {"Cache-Control": "no-cache", "X-Content-Type-Options": "nosniff"}
        return web.Response(body=_content(name), content_type=TYPES[name], charset="utf-8", headers=headers)

    return answer
