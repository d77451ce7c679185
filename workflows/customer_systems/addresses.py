"""Which addresses we connect to on somebody else's word: public ones, and those of our own network that are listed.

A name is resolved once, every address it has is checked, and the connection goes to what was checked, with the name
kept for ``Host`` and for the certificate. So a name that resolves differently a moment later gains nothing (DNS
rebinding; OWASP, "Server-Side Request Forgery Prevention").
"""

from __future__ import annotations

import asyncio
import ipaddress
import socket
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult
from yarl import URL

from calls.errors import ConfigurationError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address
Lookup = Callable[[str, int], Awaitable[Sequence[str]]]
"""host, port -> its addresses; raises OSError"""

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
_NAT64_LOCAL = ipaddress.ip_network("64:ff9b:1::/48")


class Forbidden(ConfigurationError):
    """An address that is not connected to: a private one, or no https."""


def embedded(address: Address) -> Address:
    """The IPv4 address that an IPv6 address only wraps; itself when it wraps none."""
    if isinstance(address, ipaddress.IPv6Address):
        if address.ipv4_mapped is not None:
            return address.ipv4_mapped
        if address.sixtofour is not None:
            return address.sixtofour
        if address.teredo is not None:
            return address.teredo[1]
        if address in _NAT64:
            return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return address


def is_public(text: str) -> bool:
    """Whether an address belongs to somebody on the public internet; False for what is no address."""
    try:
        address = embedded(ipaddress.ip_address(text.split("%")[0]))
    except ValueError:
        return False
    if isinstance(address, ipaddress.IPv6Address) and address in _NAT64_LOCAL:
        return False
    return address.is_global and not address.is_multicast and not address.is_reserved and not address.is_unspecified


@dataclass(frozen=True, slots=True)
class Fence:
    """``local``: hosts of our own network that may be reached all the same, as they are written in a URL."""

    local: frozenset[str] = frozenset()

    @classmethod
    def of(cls, hosts: str) -> Fence:
        """From names separated by commas."""
        return cls(frozenset(host.strip().strip("[]").lower() for host in hosts.split(",") if host.strip()))

    def check(self, url: str) -> URL:
        """``url`` when it may be connected to as far as can be told without resolving. Raises Forbidden."""
        try:
            read = URL(url)
            host, port = (read.host or "").lower(), read.port
        except ValueError:
            raise Forbidden("this is no URL; write https://host/path") from None
        if not host or read.user is not None or read.password is not None or read.fragment:
            raise Forbidden("a URL has a host, no password and no fragment; write https://host/path")
        if host in self.local:
            if read.scheme not in ("http", "https") or port is None:
                raise Forbidden("a URL begins with https:// or, inside the own network, with http://")
            return read
        if read.scheme != "https":
            raise Forbidden(f"{host} is reached over https:// only, unless SWITCHBOARD_LOCAL_HOSTS lists it")
        if _is_address(host) and not is_public(host):
            raise Forbidden(f"{host} is no public address; list it in SWITCHBOARD_LOCAL_HOSTS if it is meant")
        return read


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True


async def system_lookup(host: str, port: int) -> Sequence[str]:
    """The addresses the machine's resolver knows."""
    found = await asyncio.get_running_loop().getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


class PinnedResolver(AbstractResolver):
    """Resolves a name and answers with its addresses only when every one of them may be connected to."""

    def __init__(self, fence: Fence, lookup: Lookup = system_lookup) -> None:
        self._fence = fence
        self._lookup = lookup

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_INET
    ) -> list[ResolveResult]:
        """aiohttp connects to exactly these. Raises OSError."""
        addresses = await self._lookup(host, port)
        if not addresses:
            raise OSError(f"{host} has no address")
        if host.lower() not in self._fence.local and not all(map(is_public, addresses)):
            raise OSError(f"{host} resolves to an address that is not public")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=0,
                flags=socket.AI_NUMERICHOST,
            )
            for address in addresses
        ]

    async def close(self) -> None:
        """Nothing is kept open."""


def fenced_session(fence: Fence, lookup: Lookup = system_lookup) -> aiohttp.ClientSession:
    """A client that cannot leave the fence: no proxy, no cookies, no cached names. URLs go through ``fence.check``."""
    connector = aiohttp.TCPConnector(resolver=PinnedResolver(fence, lookup), use_dns_cache=False, limit=50)
    return aiohttp.ClientSession(
        connector=connector, trust_env=False, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False
    )
