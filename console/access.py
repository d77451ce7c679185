"""Who is asking, and may they: bearer tokens for programs, a session cookie for people."""

from __future__ import annotations

import hashlib
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from urllib.parse import quote, urlsplit

from aiohttp import web

from calls.clock import Clock
from calls.randomness import Randomness, SystemRandomness
from console.problems import problem
from console.session import COOKIE, LASTS, LOCAL, Session, Signer
from records.tokens import SCOPES, Tokens

Guard = Callable[[web.Request], Awaitable[web.StreamResponse | None]]

LINK_LASTS = timedelta(minutes=15)


class Access:
    """Checks tokens and sessions. ``public_url`` is where people reach the console; https makes cookies secure."""

    def __init__(
        self,
        tokens: Tokens,
        signing_key: bytes,
        clock: Clock,
        public_url: str = "",
        randomness: Randomness | None = None,
    ) -> None:
        self._tokens = tokens
        self._signer = Signer(signing_key)
        self._clock = clock
        self._public = urlsplit(public_url)
        self._randomness = randomness or SystemRandomness()
        self._links: dict[str, datetime] = {}

    # --- guards -----------------------------------------------------------------------------------

    def api_guard(self, scope: str) -> Guard:
        """401 without a valid token or session, 403 when it lacks ``scope``."""

        async def guard(request: web.Request) -> web.StreamResponse | None:
            scopes = await self._scopes(request)
            if scopes is None:
                return problem(
                    401,
                    "token.missing" if "Authorization" not in request.headers else "token.invalid",
                    f"send 'Authorization: Bearer TOKEN'; make one: switchboard token create --scope {scope}",
                    {"WWW-Authenticate": "Bearer"},
                )
            if scope not in scopes:
                return problem(403, "token.scope", f"this token lacks the scope {scope}; make one that has it")
            return None

        return guard

    def page_guard(self, scope: str) -> Guard:
        """Leads whoever is not signed in to the form, and back afterwards."""

        async def guard(request: web.Request) -> web.StreamResponse | None:
            scopes = await self._session_scopes(request)
            if scopes is not None and scope in scopes:
                return None
            raise web.HTTPSeeOther(f"/login?next={quote(request.path_qs, safe='')}")

        return guard

    async def author_of(self, request: web.Request) -> str | None:
        """Who asks, as it stands on record: the id of a token, or ``local`` for the person at this machine."""
        header = request.headers.get("Authorization")
        if header is None:
            session = self.session(request)
            return session.subject if session is not None else None
        return await self.subject_of(header.partition(" ")[2].strip())

    async def _scopes(self, request: web.Request) -> frozenset[str] | None:
        header = request.headers.get("Authorization")
        if header is None:
            return await self._session_scopes(request)
        kind, _, plain = header.partition(" ")
        if kind.lower() != "bearer":
            return None
        token = await self._tokens.identify(plain.strip(), self._clock.wall())
        return frozenset(token.scopes) if token else None

    async def _session_scopes(self, request: web.Request) -> frozenset[str] | None:
        """What the session may do now: a token that was taken back ends the sessions made from it."""
        session = self.session(request)
        if session is None:
            return None
        if session.subject == LOCAL:
            return frozenset(SCOPES)
        token = await self._tokens.get(session.subject)
        return frozenset(token.scopes) if token and token.valid(self._clock.wall()) else None

    def session(self, request: web.Request) -> Session | None:
        """The session of ``request``."""
        return self._signer.read(request.cookies.get(COOKIE, ""), self._clock.wall())

    # --- signing in and out -----------------------------------------------------------------------

    async def subject_of(self, plain: str) -> str | None:
        """The id of a valid token."""
        token = await self._tokens.identify(plain, self._clock.wall())
        return token.id if token else None

    def sign_in(self, response: web.StreamResponse, subject: str) -> None:
        """Give ``response`` the cookie of a new session."""
        session = Session(subject, self._clock.wall() + LASTS)
        response.set_cookie(
            COOKIE,
            self._signer.write(session),
            max_age=int(LASTS.total_seconds()),
            path="/",
            httponly=True,
            samesite="Strict",
            secure=self._public.scheme == "https",
        )

    def sign_out(self, response: web.StreamResponse) -> None:
        """Take the cookie back."""
        response.del_cookie(COOKIE, path="/", httponly=True, samesite="Strict")

    def link(self) -> str:
        """A path that signs in whoever opens it first, within 15 minutes: for the demo, printed on this machine."""
        now = self._clock.wall()
        self._links = {digest: until for digest, until in self._links.items() if until > now}
        secret = self._randomness.token(32)
        self._links[_digest(secret)] = now + LINK_LASTS
        return f"/login?link={secret}"

    def redeem(self, secret: str) -> bool:
        """True once for each link."""
        until = self._links.pop(_digest(secret), None)
        return until is not None and self._clock.wall() < until

    def same_origin(self, request: web.Request) -> bool:
        """False when a browser says that another site sent this form (no session may be made or ended by it)."""
        if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
            return False
        origin = request.headers.get("Origin")
        if origin is None:
            return True
        return urlsplit(origin).netloc.lower() in {request.host.lower(), self._public.netloc.lower()} - {""}


def _digest(secret: str) -> str:
    return hashlib.sha256(secret.encode("utf-8", "replace")).hexdigest()
