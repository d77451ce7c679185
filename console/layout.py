"""The frame around every page, and the headers every page is sent with."""

from __future__ import annotations

from aiohttp import web

from console.markup import Child, Markup, document, el

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; media-src 'self'; "
        "connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def page(title: str, *content: Child, status: int = 200, signed_in: bool = True) -> web.Response:
    """A page of the console."""
    text = document(
        el(
            "html",
            el(
                "head",
                el("meta", charset="utf-8"),
                el("meta", name="viewport", content="width=device-width, initial-scale=1"),
                el("meta", name="color-scheme", content="light dark"),
                el("title", f"{title} · Switchboard"),
                el("link", rel="icon", href="/console/icon.svg", type="image/svg+xml"),
                el("link", rel="stylesheet", href="/console/console.css"),
                el("script", src="/console/console.js", defer=True),
            ),
            el("body", _bar(signed_in), el("main", *content)),
            lang="en",
        )
    )
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def fragment(content: Markup) -> web.Response:
    """A part of a page, to be put in by its script."""
    return web.Response(text=content, content_type="text/html", headers=HEADERS)


def _bar(signed_in: bool) -> Markup:
    brand = el("a", el("span", class_="mark", aria_hidden="true"), "Switchboard", href="/calls", class_="brand")
    if not signed_in:
        return el("header", brand, class_="bar")
    return el(
        "header",
        brand,
        el("nav", el("a", "Calls", href="/calls"), el("a", "Phone", href="/phone")),
        el("form", el("button", "Sign out", class_="quiet"), method="post", action="/logout"),
        class_="bar",
    )
