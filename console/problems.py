"""Errors as problem objects (RFC 9457)."""

from __future__ import annotations

from http import HTTPStatus

from aiohttp import web

from calls.codec import canonical


def problem(status: int, code: str, detail: str, headers: dict[str, str] | None = None) -> web.Response:
    """``{type, title, status, code, detail}``; ``code`` is stable, ``detail`` names the remedy."""
    body = canonical(
        {
            "type": "about:blank",
            "title": HTTPStatus(status).phrase,
            "status": status,
            "code": code,
            "detail": detail,
        }
    )
    return web.Response(
        status=status,
        body=body,
        content_type="application/problem+json",
        headers={"Cache-Control": "no-store", **(headers or {})},
    )
