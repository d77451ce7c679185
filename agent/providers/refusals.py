"""How a vendor's HTTP refusal becomes a ``ProviderError``: by status and error code, never by free text of theirs."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from email.utils import parsedate_to_datetime

from calls.errors import ProviderError, ProviderFault, Stage

_BY_STATUS: dict[int, ProviderFault] = {
    401: "key", 403: "key", 402: "payment", 429: "rate", 408: "timeout", 504: "timeout",
}  # fmt: skip
_BY_CODE: dict[str, ProviderFault] = {
    "authentication_error": "key",
    "permission_error": "key",
    "invalid_api_key": "key",
    "billing_error": "payment",
    "insufficient_quota": "payment",
    "billing_hard_limit_reached": "payment",
    "rate_limit_error": "rate",
    "rate_limit_exceeded": "rate",
    "overloaded_error": "overloaded",
    "server_is_overloaded": "overloaded",
    "api_error": "overloaded",
    "server_error": "overloaded",
    "timeout_error": "timeout",
    "invalid_request_error": "request",
    "not_found_error": "request",
    "content_filter": "refused",
}
"""``error.type`` and ``error.code`` of Anthropic, OpenAI and servers that speak like them"""
_CREDIT = ("credit balance", "out of credit", "exceeded your current quota")
"""in the message of a refusal which is no 402 (Anthropic: 400, OpenAI: 429)"""
_LONGEST_WAIT_MS = 3_600_000.0


def refusal(stage: Stage, provider: str, status: int, headers: Mapping[str, str], body: bytes | str) -> ProviderError:
    """The fault behind a refused request. ``headers`` by names in lower case; nothing free of ``body`` is kept."""
    error = error_object(body)
    kind = fault_of(error) if status not in (401, 402, 403) else None
    if kind in (None, "request") and status in _BY_STATUS:
        kind = _BY_STATUS[status]
    if kind is None:
        kind = "overloaded" if status >= 500 else "request" if status >= 400 else "garbage"
    return ProviderError(stage, provider, kind, f"status {status}", retry_after_ms(headers))


def fault_of(error: Mapping[str, object]) -> ProviderFault | None:
    """What an error object says, also one that comes in mid-stream; None when it says nothing known."""
    message = str(error.get("message", "")).lower()
    if any(words in message for words in _CREDIT):
        return "payment"
    for key in ("code", "type"):
        if (found := _BY_CODE.get(str(error.get(key, "")))) is not None:
            return found
    return None


def error_object(body: bytes | str) -> Mapping[str, object]:
    """``error`` in a refusal's JSON body; empty when there is none."""
    try:
        tree = json.loads(body)
    except (ValueError, UnicodeDecodeError, RecursionError):
        return {}
    error = tree.get("error") if isinstance(tree, dict) else None
    return error if isinstance(error, dict) else {}


def retry_after_ms(headers: Mapping[str, str]) -> float | None:
    """How long we are asked to wait, ms, from ``retry-after-ms`` or ``retry-after`` (RFC 9110, 10.2.3)."""
    for name, factor in (("retry-after-ms", 1.0), ("retry-after", 1000.0)):
        try:
            wait = float(headers.get(name, "")) * factor
        except ValueError:
            continue
        if 0 <= wait < float("inf"):
            return min(wait, _LONGEST_WAIT_MS)
    # A date counts from the answer's own date, so that no clock of ours is needed.
    until, told = _moment(headers.get("retry-after", "")), _moment(headers.get("date", ""))
    if until is None or told is None or (until.tzinfo is None) != (told.tzinfo is None):
        return None
    return min(max(0.0, (until - told).total_seconds() * 1000), _LONGEST_WAIT_MS)


def _moment(text: str) -> datetime | None:
    try:
        return parsedate_to_datetime(text)
    except (ValueError, TypeError):
        return None
