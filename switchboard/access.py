"""Who may see pages: a signed cookie, given for a token, or by itself to the demo on loopback."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import quote

from aiohttp import web

from switchboard.house import House, signing_key

COOKIE = "switchboard_demo"


class Access:
    """Guards pages. ``demo_secret``: who opens the address with it is signed in; only ever set on loopback."""

    def __init__(self, house: House, demo_secret: str = "") -> None:
        self._key = signing_key(house.settings.var)
        self._demo_secret = demo_secret
        self._value = hmac.new(self._key, b"demo" + demo_secret.encode(), hashlib.sha256).hexdigest()

    async def guard(self, request: web.Request) -> web.StreamResponse | None:
        """None for who is signed in; a redirect that signs in for the demo's own address; else 401."""
        if self._demo_secret and hmac.compare_digest(request.cookies.get(COOKIE, ""), self._value):
            return None
        given = request.query.get("demo", "")
        if self._demo_secret and hmac.compare_digest(given, self._demo_secret):
            answer = web.HTTPSeeOther(quote(request.path))
            answer.set_cookie(COOKIE, self._value, httponly=True, samesite="Strict", path="/")
            return answer
        return web.Response(status=401, text="Sign in first.")
