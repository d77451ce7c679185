"""Did Twilio send this? `X-Twilio-Signature` on webhooks and on the media socket's upgrade.

    signature = base64(HMAC-SHA1(auth token, URL + name + value + name + value ...))   names sorted

The URL is the one Twilio was told to use. It is put together from our configured public address and the
request's path, never from `Host` or `X-Forwarded-*`, which the peer writes. Everything fails closed: no
secret, no header, an absolute request target or text that is not UTF-8 is simply not Twilio.

Sources: Twilio documentation, "Webhooks security" and error 57012; twilio-python `request_validator`, against
which the tests compare this one (ours needs no import of the SDK and compares in constant time).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Literal
from urllib.parse import SplitResult, parse_qs, urlsplit

HEADER: Final = "X-Twilio-Signature"
Algorithm = Literal["sha1", "sha256"]
Parameters = Iterable[tuple[str, str]]
_DEFAULT_PORT: Final = {"http": 80, "https": 443, "ws": 80, "wss": 443}


@dataclass(frozen=True, slots=True)
class Secret:
    """A signing secret with the one hash it may be used with.

    `sha1` for an account's auth token; `sha256` for a SharedKey (public beta). The request never chooses, or
    a SharedKey could be downgraded.
    """

    value: str = field(repr=False)
    algorithm: Algorithm = "sha1"


def sign(secret: str | Secret, url: str, parameters: Parameters = ()) -> str:
    """The signature Twilio would put on a request to `url` with these form parameters.

    A name that is repeated contributes each different value once, sorted. Raises UnicodeEncodeError for lone
    surrogates.
    """
    key = secret if isinstance(secret, Secret) else Secret(secret)
    text = url + "".join(name + value for name, value in sorted(set(parameters)))
    digest = hmac.new(key.value.encode(), text.encode(), key.algorithm).digest()
    return base64.b64encode(digest).decode("ascii")


class SignatureCheck:
    """Checks requests to one public address against every secret in use.

    `public_url` is scheme, host and, where a proxy mounts us below one, a path: `https://voice.example.com`.
    Give the old and the new secret while rotating. With no secret nothing is ever authentic.
    """

    def __init__(self, public_url: str, secrets: Sequence[str | Secret]) -> None:
        """Raises ValueError when `public_url` is no http(s) address."""
        parts = urlsplit(public_url.rstrip("/"))
        if parts.scheme not in ("http", "https") or not parts.hostname or parts.query or parts.fragment:
            raise ValueError(
                f"PUBLIC_URL must look like https://voice.example.com, without a query, not {public_url!r}"
            )
        self._base, self._port = parts, parts.port  # a port that is no number raises here
        self._secrets = [s if isinstance(s, Secret) else Secret(s) for s in secrets if s]

    def form(self, target: str, parameters: Parameters, signature: str | None) -> bool:
        """A POST with form parameters. `target` is the request's path and query exactly as received."""
        return self._authentic(target, parameters, signature)

    def query(self, target: str, signature: str | None) -> bool:
        """A GET: everything signed stands in the URL."""
        return self._authentic(target, (), signature)

    def body(self, target: str, body: bytes, signature: str | None) -> bool:
        """A POST with a JSON body, whose digest Twilio adds to the query as `bodySHA256`."""
        given = parse_qs(target.partition("?")[2], errors="replace").get("bodySHA256", [])
        digest = hashlib.sha256(body).hexdigest()
        same = len(given) == 1 and hmac.compare_digest(given[0].lower().encode(), digest.encode())
        return self._authentic(target, (), signature) and same

    def socket(self, target: str, signature: str | None) -> bool:
        """The WebSocket upgrade, signed over the `wss://` URL of our TwiML, which has no parameters."""
        return self._authentic(target, (), signature, socket=True)

    def _authentic(self, target: str, parameters: Parameters, signature: str | None, socket: bool = False) -> bool:
        if not signature or not target.startswith("/"):
            return False
        pairs = list(parameters)
        authentic = False
        for url in self._urls(target, socket):
            for secret in self._secrets:
                try:
                    expected, given = sign(secret, url, pairs).encode(), signature.encode()
                except UnicodeEncodeError:
                    return False
                # No early exit: which secret or spelling matched must not show in the time taken.
                authentic |= hmac.compare_digest(expected, given)
        return authentic

    def _urls(self, target: str, socket: bool) -> list[str]:
        """The URL without a port, with the configured one, and with the scheme's own.

        Twilio's signers disagree about writing the port (twilio-python tries both, but takes 80 for wss).
        """
        scheme = {"http": "ws", "https": "wss"}[self._base.scheme] if socket else self._base.scheme
        port = self._port or _DEFAULT_PORT[scheme]
        bare = _without_port(self._base)
        return [f"{scheme}://{host}{self._base.path}{target}" for host in (bare, f"{bare}:{port}")]


def _without_port(parts: SplitResult) -> str:
    host = parts.netloc.rpartition("@")[2]
    return host if parts.port is None else host.rpartition(":")[0]
