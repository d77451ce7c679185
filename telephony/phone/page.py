"""The softphone's page and its files, with the headers that keep foreign script out."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from html import escape
from pathlib import Path
from string import Template
from typing import Final

from aiohttp import web

from calls.line import Line

_ASSETS: Final = Path(__file__).with_name("assets")
_TYPES: Final = {".js": "text/javascript", ".css": "text/css", ".svg": "image/svg+xml"}
FILES: Final = tuple(sorted(path.name for path in _ASSETS.iterdir() if path.suffix in _TYPES))
"""What is served below ``/phone/``."""

_EVERYWHERE: Final = {
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def page(lines: Sequence[Line], sockets: str) -> web.Response:
    """The page, offering ``lines``; it may open WebSockets to ``sockets`` (an origin) and to nowhere else."""
    text = _template().substitute(
        lines="\n".join(f'<option value="{escape(line.number)}">{escape(_label(line))}</option>' for line in lines),
        state="" if lines else "disabled",
    )
    headers = {
        **_EVERYWHERE,
        "Cache-Control": "no-store",
        "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; "
        # 'self' leaves WebSockets out in older browsers
        f"connect-src 'self' {sockets}; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
        "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
    return web.Response(text=text, content_type="text/html", headers=headers)


def asset(name: str) -> web.Response:
    """One of ``FILES``."""
    headers = {**_EVERYWHERE, "Cache-Control": "no-cache"}
    return web.Response(body=_content(name), content_type=_TYPES[Path(name).suffix], charset="utf-8", headers=headers)


def _label(line: Line) -> str:
    return line.business if line.number == "*" else f"{line.business} · {line.number}"


@cache
def _template() -> Template:
    return Template((_ASSETS / "phone.html").read_text(encoding="utf-8"))


@cache
def _content(name: str) -> bytes:
    return (_ASSETS / name).read_bytes()
