"""Whether a request comes from a page of ours: cookies alone would let any site place a call or listen."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

from aiohttp import web


class SameOrigin:
    """Compares the ``Origin`` header with where this server is reached (RFC 6454; browsers set it, pages cannot).

    ``public_url``: scheme, host, perhaps a port and a path. When it names loopback, every loopback name and port
    the request was sent to counts as ours: ``localhost`` and ``127.0.0.1`` are the same machine. The ``Host``
    header is believed only then, and only for loopback names, so that rebinding a foreign name to 127.0.0.1
    gains nothing.
    """

    def __init__(self, public_url: str) -> None:
        self._url = urlsplit(public_url.rstrip("/"))
        self._origin = _origin(self._url.scheme, self._url.netloc)
        self._on_loopback = _loopback(self._url.hostname)

    @property
    def path(self) -> str:
        """What stands before our routes in public addresses: empty, or ``/prefix``."""
        return self._url.path

    def of(self, request: web.Request) -> str:
        """The request's origin. Raises 403, with the address to use, when it is not ours."""
        given = request.headers.get("Origin", "")
        if given and given == self._origin:
            return given
        if given and self._on_loopback and given == self._asked(request):
            return given
        raise web.HTTPForbidden(
            text=f"This page was not opened at the server's own address. Open {self._origin}{self.path}/phone "
            "(set PUBLIC_URL if people reach the server elsewhere)."
        )

    def sockets(self, request: web.Request) -> str:
        """The WebSocket origin the page may connect to, for its security policy."""
        asked = self._asked(request) if self._on_loopback else ""
        return "ws" + (asked or self._origin).removeprefix("http")

    def _asked(self, request: web.Request) -> str:
        """Origin of the loopback address the request was sent to; empty when it is none."""
        try:
            asked = urlsplit(f"{self._url.scheme}://{request.host}")
            known = _loopback(asked.hostname) and asked.port != 0 and not asked.username
        except ValueError:
            return ""
        return _origin(asked.scheme, asked.netloc) if known else ""


def _origin(scheme: str, netloc: str) -> str:
    """As browsers write it: lower case, without the scheme's own port."""
    default = {"http": ":80", "https": ":443"}.get(scheme.lower(), "\0")
    return f"{scheme}://{netloc}".lower().removesuffix(default)


def _loopback(host: str | None) -> bool:
    if host is None:
        return False
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost" or host.endswith(".localhost")
