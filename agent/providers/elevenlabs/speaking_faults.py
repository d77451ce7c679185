"""What ElevenLabs' refusals mean, on a socket and over HTTP: by their codes, never by free text."""

from __future__ import annotations

import json
from collections.abc import Mapping

from agent.hearing.stream.socket import Closed
from agent.providers.refusals import retry_after_ms
from agent.speaking.wire import Broken
from calls.errors import ProviderFault

_BY_CODE: dict[str, ProviderFault] = {
    "quota_exceeded": "payment",
    "payment_required": "payment",
    "insufficient_credits": "payment",
    "invalid_api_key": "key",
    "missing_permissions": "key",
    "authentication_required": "key",
    "auth_error": "key",
    "unauthorized": "key",
    "needs_authorization": "key",
    "max_active_conversations": "rate",
    "too_many_concurrent_requests": "rate",
    "rate_limited": "rate",
    "rate_limit_exceeded": "rate",
    "system_busy": "overloaded",
    "resource_exhausted": "overloaded",
    "internal_error": "overloaded",
    "input_timeout_exceeded": "lost",
    "input_timeout": "lost",
    "voice_not_found": "request",
    "model_not_found": "request",
    "invalid_voice_settings": "request",
    "text_too_long": "request",
}
_BY_STATUS: dict[int, ProviderFault] = {
    401: "key", 402: "payment", 403: "key", 408: "timeout", 429: "rate", 504: "timeout",
}  # fmt: skip


def fault(message: Mapping[str, object]) -> Broken:
    """An error message on the socket: ``{"message", "error", "code"}``, ``code`` being the close code to come."""
    error = str(message.get("error"))
    return Broken(_BY_CODE.get(error, "request"), error if error in _BY_CODE else "error")


def closing(closed: Closed) -> Broken:
    """A close: with a reason we know; 1008 otherwise a policy of theirs; all else is a lost connection."""
    known = next((code for code in _BY_CODE if code in closed.reason), "")
    if known:
        return Broken(_BY_CODE[known], f"close {closed.code} {known}")
    if closed.code == 1008:
        return Broken("refused", "close 1008")
    return Broken("overloaded" if closed.code == 1013 else "lost", f"close {closed.code}")


def refused(status: int, headers: Mapping[str, str], body: bytes | str) -> Broken:
    """A refused request. ``detail.status`` tells a spent quota, which is a 401 too, from a wrong key."""
    code = _status_of(body)
    kind = _BY_CODE.get(code) or _BY_STATUS.get(status) or ("overloaded" if status >= 500 else "request")
    named = f" {code}" if code in _BY_CODE else ""
    return Broken(kind, f"status {status}{named}", retry_after_ms(headers))


def _status_of(body: bytes | str) -> str:
    try:
        tree = json.loads(body)
    except (ValueError, UnicodeDecodeError, RecursionError):
        return ""
    detail = tree.get("detail") if isinstance(tree, dict) else None
    if isinstance(detail, dict):
        return str(detail.get("status") or detail.get("code") or "")
    return ""
