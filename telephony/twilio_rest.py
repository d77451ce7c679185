"""What only Twilio's REST interface can do: end a live call. Implements the port ``CallControl``.

Source: Twilio documentation, "Call resource, update" (API 2010-04-01); 20404 = the call is already gone.
"""

from __future__ import annotations

import json
import re
from typing import Final

import aiohttp

from calls.errors import CarrierError

TIMEOUT_S: Final = 10.0
GONE: Final = 20404
MAX_REPLY_BYTES: Final = 64 * 1024
_SID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)


class CarrierRefused(CarrierError):
    """The REST interface said no, or nothing; the message names the status and Twilio's code, never a credential."""

    code = "carrier.refused"


class TwilioRest:
    """``base_url``: `https://api.twilio.com`, a region's, or a twin's. ``session`` belongs to the caller."""

    def __init__(self, base_url: str, account: str, token: str, session: aiohttp.ClientSession) -> None:
        self._calls = f"{base_url.rstrip('/')}/2010-04-01/Accounts/{account}/Calls"
        self._authorization = aiohttp.encode_basic_auth(account, token)
        self._session = session

    async def hang_up(self, call: str) -> None:
        """End a live call; one already gone is a success. Raises CarrierRefused."""
        if not _SID.fullmatch(call):
            raise CarrierRefused("a call is named by letters and digits only (CallSid)")
        try:
            async with self._session.post(
                f"{self._calls}/{call}.json",
                data={"Status": "completed"},
                headers={"Authorization": self._authorization},
                timeout=aiohttp.ClientTimeout(total=TIMEOUT_S),
                allow_redirects=False,
            ) as response:
                status, reply = response.status, await response.content.read(MAX_REPLY_BYTES)
        except TimeoutError:
            raise CarrierRefused(f"Twilio did not answer within {TIMEOUT_S:.0f} s; the call may still be up") from None
        except aiohttp.ClientError as fault:
            # Without the cause: its text holds the address, which holds the account.
            raise CarrierRefused(f"Twilio could not be reached ({type(fault).__name__})") from None
        code = _code(reply)
        if status < 300 or status == 404 or code == GONE:
            return
        hint = "; check TWILIO_ACCOUNT_SID and TWILIO_AUTH_TOKEN" if status in (401, 403) else ""
        raise CarrierRefused(f"Twilio answered {status} (code {code or 'none'}) to hanging up{hint}")


def _code(reply: bytes) -> int:
    """Twilio's error code; 0 when the reply holds none."""
    try:
        document = json.loads(reply)
    except ValueError:
        return 0
    code = document.get("code") if isinstance(document, dict) else None
    return code if isinstance(code, int) else 0
