"""What the carrier's webhooks are answered. Forms in, TwiML out; knows no web server.

A webhook may come twice (Twilio retries, and callbacks may repeat and reorder): the answer to the same question
is remembered, so that the second asking is answered identically and does nothing.
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections import OrderedDict
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.errors import UnknownLine
from calls.line import IncomingCall, Line
from calls.ports import Admission, CallDesk, Declined, Pending
from telephony.media import MediaDoor
from telephony.tokens import CallTokens, Claim
from telephony.twiml import Connect, Dial, Hangup, Number, Parameter, Queue, Say, Sip, Stream, Verb, render

RECONNECTS = 3
"""media sockets a call may lose before it goes to a person"""
REMEMBERED = 10_000
"""answers kept for repeated webhooks"""
SORRY = "We are sorry, something went wrong on our side. Please call again."
LOST = "We are sorry, we have trouble with this connection. We will put you through to a colleague."
OVER = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""CallStatus values after which a call is no more"""
DIAL_SECONDS = 20

_CALL_SID = re.compile(r"[A-Za-z0-9]{2,64}\Z")

log = logging.getLogger(__name__)

Form = Mapping[str, str]


class NotACall(ValueError):
    """The form names no call; answered with 400."""


@dataclass(frozen=True, slots=True)
class Addresses:
    """Where the carrier reaches us, below the public URL."""

    public_url: str

    @property
    def media(self) -> str:
        """``wss://`` (``ws://`` on loopback) of the media socket; never with a query, which Twilio drops."""
        return "ws" + self.public_url.removeprefix("http") + "/twilio/media"

    def http(self, path: str) -> str:
        """An absolute address."""
        return self.public_url + path


class Reception:
    """Answers webhooks whose signature was checked."""

    def __init__(
        self,
        admission: Admission,
        desk: CallDesk,
        tokens: CallTokens,
        media: MediaDoor,
        find_line: Callable[[str], Line],
        addresses: Addresses,
    ) -> None:
        self._admission = admission
        self._desk = desk
        self._tokens = tokens
        self._media = media
        self._find_line = find_line
        self._addresses = addresses
        self._answers: OrderedDict[tuple[str, ...], asyncio.Future[str]] = OrderedDict()

    async def voice(self, form: Form) -> str:
        """``POST /twilio/voice``: what to do with an incoming call."""
        incoming = _incoming(form)
        return await self._once(("voice", incoming.call), lambda: self._admit(incoming))

    async def after(self, form: Form) -> str:
        """``POST /twilio/after``: the media socket, or a dialled leg, has ended."""
        incoming = _incoming(form)
        await self._media.gone(incoming.call)
        status = form.get("DialCallStatus", "")
        if status:
            await self._desk.handed_over(incoming.call, status, _seconds(form.get("DialCallDuration", "")))
        pending = await self._desk.pending(incoming.call)
        question = ("after", incoming.call, status, pending.state, str(pending.attempts))
        return await self._once(question, lambda: self._next(incoming, pending))

    async def status(self, form: Form) -> None:
        """``POST /twilio/status``: the call's own life; repeats and comes out of order."""
        call = _incoming(form).call
        if form.get("CallStatus", "") in OVER:
            self._media.over(call)
            await self._media.gone(call)
            await self._desk.over(call, "caller_hung_up")
            self._admission.release(call)

    async def stream_status(self, form: Form) -> None:
        """``POST /twilio/stream-status``: only an error is worth a line in the log."""
        if form.get("StreamEvent", "") == "stream-error":
            log.warning("the carrier reports a stream error for a call")

    async def _once(self, question: tuple[str, ...], answer: Callable[[], object]) -> str:
        known = self._answers.get(question)
        if known is not None:
            return await asyncio.shield(known)
        future: asyncio.Future[str] = asyncio.get_running_loop().create_future()
        self._answers[question] = future
        while len(self._answers) > REMEMBERED:
            self._answers.popitem(last=False)
        try:
            result = answer()
            future.set_result(await result if asyncio.iscoroutine(result) else str(result))
        except BaseException as why:
            # The next asking may fare better; whoever waits for this one gets the same fault.
            self._answers.pop(question, None)
            if not future.done():
                future.set_exception(why)
                future.exception()
            raise
        return future.result()

    async def _admit(self, incoming: IncomingCall) -> str:
        verdict = await self._admission.admit(incoming)
        if isinstance(verdict, Declined):
            log.info("a call was declined: %s", verdict.reason)
            return render(*_declined(verdict))
        return render(self._connect(incoming, verdict.line))

    async def _next(self, incoming: IncomingCall, pending: Pending) -> str:
        if pending.state in ("ended", "unknown"):
            self._admission.release(incoming.call)
            return render(Hangup())
        if pending.state == "hand_over":
            return render(self._dial(pending.dial_kind, pending.dial, pending.ring_seconds))
        try:
            line = self._find_line(incoming.called)
        except UnknownLine:
            return render(Say(SORRY), Hangup())
        if pending.attempts > RECONNECTS:
            return render(*self._give_up(line))
        return render(self._connect(incoming, line))

    def _give_up(self, line: Line) -> list[Verb]:
        human = line.human
        if human is None:
            return [Say(SORRY), Hangup()]
        # No action: the agent cannot take the call back, it is the agent that cannot be reached.
        return [Say(LOST), Dial(_target(human.kind, human.address), timeout_s=human.ring_seconds), Hangup()]

    def _connect(self, incoming: IncomingCall, line: Line) -> Verb:
        token = self._tokens.mint(Claim(incoming, line))
        stream = Stream(
            url=self._addresses.media,
            parameters=(Parameter("token", token),),
            status_callback=self._addresses.http("/twilio/stream-status"),
        )
        return Connect(stream, action=self._addresses.http("/twilio/after"))

    def _dial(self, kind: str, address: str, ring_seconds: int) -> Verb:
        return Dial(
            _target(kind, address),
            action=self._addresses.http("/twilio/after"),
            timeout_s=ring_seconds,
            answer_on_bridge=True,
        )


def _declined(verdict: Declined) -> list[Verb]:
    if verdict.dial:
        return [Dial(_target(verdict.dial_kind, verdict.dial), timeout_s=DIAL_SECONDS), Say(SORRY), Hangup()]
    return [Say(verdict.message or SORRY), Hangup()]


def _target(kind: str, address: str) -> Number | Sip | Queue:
    match kind:
        case "sip":
            return Sip(address)
        case "queue":
            return Queue(address)
        case _:
            return Number(address)


def _incoming(form: Form) -> IncomingCall:
    call = form.get("CallSid", "")
    if not _CALL_SID.match(call):
        raise NotACall("the form has no CallSid")
    return IncomingCall(
        call=call,
        caller=form.get("From", "") if form.get("From", "").startswith("+") else "",
        called=form.get("To", ""),
        account=form.get("AccountSid", ""),
    )


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
