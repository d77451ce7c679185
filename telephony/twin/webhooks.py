"""The requests Twilio makes to a server: form parameters, signature, limits, and what is read from the answer."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import format_datetime
from typing import Final
from urllib.parse import parse_qsl, urlencode, urlsplit

from calls.clock import Clock
from telephony.signature import HEADER, sign
from telephony.twiml import TwimlError
from telephony.twin.config import Signing, TwinConfig
from telephony.twin.findings import Findings
from telephony.twin.ports import Form, Network, Reply, Unreachable
from telephony.twin.result import Webhook
from telephony.twin.twiml_reader import Document, parse

_MAX_KEPT: Final = 1000


@dataclass(slots=True)
class CallIdentity:
    """Who calls whom."""

    call_sid: str
    account_sid: str
    to: str
    from_: str
    direction: str = "inbound"

    def form(self, status: str) -> list[tuple[str, str]]:
        """The parameters every voice request carries (Twilio, "Twilio's request to your application")."""
        return [
            ("AccountSid", self.account_sid),
            ("ApiVersion", "2010-04-01"),
            ("CallSid", self.call_sid),
            ("CallStatus", status),
            ("Called", self.to),
            ("Caller", self.from_),
            ("Direction", self.direction),
            ("From", self.from_),
            ("FromCountry", "US"),
            ("FromState", ""),
            ("To", self.to),
            ("ToCountry", "US"),
        ]


@dataclass(slots=True)
class Webhooks:
    """Makes signed requests for one call; every fault is a finding, never an exception."""

    config: TwinConfig
    network: Network
    clock: Clock
    findings: Findings
    now_ms: Callable[[], float]
    made: list[Webhook] = field(default_factory=list)
    _sequence: int = 0

    def signature(self, url: str, form: Form, signing: Signing = "good") -> dict[str, str]:
        """The header, or none, or a forged one."""
        if self.config.auth_token is None or signing == "missing":
            return {}
        secret = self.config.auth_token if signing == "good" else "somebody else's token"
        return {HEADER: sign(secret, url, form)}

    async def twiml(self, method: str, url: str, form: Form, signing: Signing = "good") -> Document | None:
        """What to do next; None when the answer cannot be used (11200, 12100)."""
        reply = await self.request(method, url, form, signing)
        if reply is None:
            return None
        if reply.status == 204 or not reply.body.strip():
            return Document(())
        try:
            document = parse(reply.body)
        except TwimlError as wrong:
            self.findings.add(self.now_ms(), "12100", f"{_bare(url)} answered: {wrong}", "error")
            return None
        for problem in document.problems:
            self.findings.add(self.now_ms(), "12200", f"{_bare(url)} answered: {problem}", "warning")
        return document

    async def request(self, method: str, url: str, form: Form, signing: Signing = "good") -> Reply | None:
        """One request; None when it failed or was not answered with 2xx."""
        signed = self.signature(url, form, signing) if method == "POST" else {}
        if method == "GET":
            url = with_query(url, form)
            signed = self.signature(url, (), signing)
        began = self.clock.now_ms()
        try:
            async with asyncio.timeout(self.config.webhook_timeout_ms / 1000):
                reply = await self.network.request(method, url, () if method == "GET" else form, signed)
        except TimeoutError:
            limit = self.config.webhook_timeout_ms / 1000
            self._failed(url, 0, began, f"did not answer within {limit:g} s")
            return None
        except Unreachable as error:
            self._failed(url, 0, began, f"could not be reached: {error}")
            return None
        if not 200 <= reply.status < 300:
            hint = f", to {reply.location}: a redirect loses the form" if reply.location else ""
            self._failed(url, reply.status, began, f"answered {reply.status}{hint}")
            return None
        self._note(url, reply.status, began)
        return reply

    async def status(self, url: str, form: Form) -> None:
        """One status callback."""
        await self.request("POST", url, form)

    def stamp(self, form: list[tuple[str, str]]) -> Form:
        """Add what only status callbacks carry."""
        when: datetime = self.clock.wall()
        number = str(self._sequence)
        self._sequence += 1
        return [
            *form,
            ("CallbackSource", "call-progress-events"),
            ("SequenceNumber", number),
            ("Timestamp", format_datetime(when)),
        ]

    def _failed(self, url: str, status: int, began: float, what: str) -> None:
        self._note(url, status, began)
        self.findings.add(self.now_ms(), "11200", f"{_bare(url)} {what}", "error")

    def _note(self, url: str, status: int, began: float) -> None:
        if len(self.made) < _MAX_KEPT:
            self.made.append(Webhook(_bare(url), status, self.clock.now_ms() - began, self.now_ms()))


def with_query(url: str, form: Form) -> str:
    """`url` with the form in its query, as Twilio asks by GET."""
    parts = urlsplit(url)
    query = urlencode([*parse_qsl(parts.query, keep_blank_values=True), *form])
    return parts._replace(query=query).geturl()


def _bare(url: str) -> str:
    """Without the query, which may hold personal data."""
    return url.partition("?")[0]


def new_sid(prefix: str, chance: random.Random) -> str:
    """An identifier of Twilio's shape: two letters and 32 hex digits."""
    return prefix + f"{chance.getrandbits(128):032x}"
