"""Signing in with a token, and out again."""

from __future__ import annotations

from aiohttp import web

from console.access import Access
from console.layout import page
from console.markup import Markup, el

LONGEST_FORM = 4_096
"""bytes"""


class SignIn:
    """The form and what it sends."""

    def __init__(self, access: Access) -> None:
        self._access = access

    async def form(self, request: web.Request) -> web.StreamResponse:
        """The form; with ``?link=`` from the machine itself it signs in at once."""
        link = request.query.get("link", "")
        if link and self._access.redeem(link):
            return self._enter("local", _safe(request.query.get("next", "")))
        fault = "This link was used already, or is too old. Sign in with a token." if link else ""
        return page("Sign in", _form(_safe(request.query.get("next", "")), fault), signed_in=False)

    async def enter(self, request: web.Request) -> web.StreamResponse:
        """Check the token and begin a session."""
        if not self._access.same_origin(request):
            return page("Sign in", _form("/calls", "That form came from another site."), status=403, signed_in=False)
        if (request.content_length or 0) > LONGEST_FORM:
            return page("Sign in", _form("/calls", "That is no token."), status=413, signed_in=False)
        given = await request.post()
        token, back = given.get("token", ""), given.get("next", "")
        target = _safe(back if isinstance(back, str) else "")
        subject = await self._access.subject_of(token.strip()) if isinstance(token, str) else None
        if subject is None:
            fault = "This token is not valid: it was mistyped, has expired, or was taken back."
            return page("Sign in", _form(target, fault), status=401, signed_in=False)
        return self._enter(subject, target)

    async def leave(self, request: web.Request) -> web.StreamResponse:
        """End the session."""
        if not self._access.same_origin(request):
            return page("Sign in", _form("/calls", "That form came from another site."), status=403, signed_in=False)
        response = web.Response(status=303, headers={"Location": "/login"})
        self._access.sign_out(response)
        return response

    def _enter(self, subject: str, target: str) -> web.Response:
        response = web.Response(status=303, headers={"Location": target, "Cache-Control": "no-store"})
        self._access.sign_in(response, subject)
        return response


def _safe(target: str) -> str:
    """A path on this site: never another host, whatever the address said."""
    plain = target.isascii() and target.isprintable() and "\\" not in target
    return target if plain and target.startswith("/") and not target.startswith("//") else "/calls"


def _form(target: str, fault: str) -> Markup:
    return el(
        "form",
        el("h1", "Sign in"),
        el("p", fault, class_="fault", role="alert") if fault else None,
        el("label", "Access token", for_="token"),
        el("input", id="token", name="token", type="password", autocomplete="off", required=True, autofocus=True),
        el("input", type="hidden", name="next", value=target),
        el("button", "Sign in"),
        el("p", "Make one on the server: ", el("code", "switchboard token create --scope calls:read"), class_="hint"),
        method="post",
        action="/login",
        class_="card sign-in",
    )
