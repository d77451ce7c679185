"""Text messages through Twilio's REST interface. Implements the port ``Texts``.

Source: Twilio documentation, "Message resource, create" (API 2010-04-01); 21610 = the recipient has sent STOP.
"""

from __future__ import annotations

import json
import re
from typing import Final

import aiohttp

from calls.errors import TextRefused
from telephony.twilio_rest import MAX_REPLY_BYTES, TIMEOUT_S

STOPPED: Final = 21610
_E164 = re.compile(r"\+[0-9]{7,15}", re.ASCII)
_PASSING = frozenset({401, 403, 408, 425, 429})
"""Below 500, and yet it may go well later: an operator mends the credentials, or there is less to do."""


class TwilioMessages:
    """``status_url``: where Twilio tells how a message fared; empty: nowhere. ``session`` belongs to the caller."""

    def __init__(
        self, base_url: str, account: str, token: str, session: aiohttp.ClientSession, status_url: str = ""
    ) -> None:
        self._url = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Messages.json"
        self._authorization = aiohttp.encode_basic_auth(account, token)
        self._session = session
        self._status_url = status_url

    async def send_text(self, sender: str, to: str, words: str) -> str:
        """The message's sid. ``sender`` is a number, or a messaging service (MG...). Raises TextRefused."""
        if not _E164.fullmatch(to):
            raise TextRefused("the number on file is not one that can be texted", lasting=True)
        form = {"To": to, "Body": words, "MessagingServiceSid" if sender.startswith("MG") else "From": sender}
        if self._status_url:
            form["StatusCallback"] = self._status_url
        try:
            async with self._session.post(
                self._url,
                data=form,
                headers={"Authorization": self._authorization},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                status, reply = response.status, _read(await response.content.read(MAX_REPLY_BYTES))
        except TimeoutError:
            raise TextRefused(f"Twilio did not answer within {TIMEOUT_S:.0f} s") from None
        except aiohttp.ClientError as fault:
            # Without the cause: its text holds the address, which holds the account.
            raise TextRefused(f"Twilio could not be reached ({type(fault).__name__})") from None
        if status in (200, 201) and isinstance(reply.get("sid"), str):
            return str(reply["sid"])
        code = reply.get("code")
        hint = "; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" if status in (401, 403) else ""
        raise TextRefused(
            f"Twilio answered {status} (code {code if isinstance(code, int) else 'none'}) to a text{hint}",
            lasting=400 <= status < 500 and status not in _PASSING,
            stopped=code == STOPPED,
        )


def _read(reply: bytes) -> dict[str, object]:
    try:
        document = json.loads(reply)
    except ValueError:
        return {}
    return document if isinstance(document, dict) else {}
