"""Text messages that come in, and how those we sent fared: forms in, TwiML out. Knows no web server."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final, Protocol
from xml.sax.saxutils import escape

MESSAGE, MESSAGE_STATUS = "/twilio/message", "/twilio/message-status"

STOP_WORDS: Final = frozenset(
    {"STOP", "STOPALL", "UNSUBSCRIBE", "CANCEL", "END", "QUIT", "REVOKE", "OPTOUT", "STOP ALL", "OPT OUT"}
)
START_WORDS: Final = frozenset({"START", "UNSTOP", "YES", "OPTIN", "OPT IN"})
HELP_WORDS: Final = frozenset({"HELP", "INFO"})
_NUMBER = re.compile(r"\+[0-9]{3,15}", re.ASCII)
_SID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
_NOT_WORDS = re.compile(r"[^A-Z ]+")


class NotAMessage(ValueError):
    """The form names no message."""


class TextDesk(Protocol):
    """Who is told of text messages."""

    async def stopped(self, phone: str) -> None:
        """``phone`` wants no texts any more. Safe to be told twice."""

    async def started(self, phone: str) -> None:
        """``phone`` may be texted again. Safe to be told twice."""

    async def help_for(self, number: str) -> str:
        """What to answer HELP, and what nobody reads, sent to our ``number``."""

    async def fared(self, message: str, status: str, error: str) -> None:
        """The carrier's message ``message`` reached ``status``; ``error`` is the carrier's code, or empty."""


class MessageCallbacks:
    """Answers webhooks whose signature was checked."""

    def __init__(self, desk: TextDesk) -> None:
        self._desk = desk

    async def received(self, form: Mapping[str, str]) -> str:
        """A text somebody sent us. Its words are matched with the known ones and not kept. Raises NotAMessage."""
        phone, ours = form.get("From", ""), form.get("To", "")
        if not _NUMBER.fullmatch(phone):
            raise NotAMessage("From: a message has a sender, as in +15550123")
        wish = wish_of(form.get("OptOutType", "") or form.get("Body", ""))
        if wish == "stop":
            await self._desk.stopped(phone)
            # The carrier itself answers STOP and START; a second answer to STOP could not be delivered.
            return answer()
        if wish == "start":
            await self._desk.started(phone)
            return answer()
        if wish == "help" and form.get("OptOutType"):
            return answer()
        return answer(await self._desk.help_for(ours))

    async def status(self, form: Mapping[str, str]) -> None:
        """How a message of ours fared. Raises NotAMessage."""
        sid, status = form.get("MessageSid", ""), form.get("MessageStatus", "")
        if not _SID.fullmatch(sid) or not status.isalpha():
            raise NotAMessage("MessageSid, MessageStatus: a message has an id and a status")
        error = form.get("ErrorCode", "")
        await self._desk.fared(sid, status[:20], error if error.isdigit() and len(error) <= 6 else "")


def wish_of(words: str) -> str:
    """``stop | start | help``, or empty: the whole message has to be the word, however it is written."""
    plain = " ".join(_NOT_WORDS.sub(" ", words.upper()).split())
    if plain in STOP_WORDS:
        return "stop"
    if plain in START_WORDS:
        return "start"
    return "help" if plain in HELP_WORDS else ""


def answer(words: str = "") -> str:
    """TwiML which sends ``words`` back; nothing when there are none."""
    message = f"<Message>{escape(words)}</Message>" if words else ""
    return f'<?xml version="1.0" encoding="UTF-8"?><Response>{message}</Response>'
