"""What the carrier's webhooks are answered: forms in, TwiML out. Knows no web server.

Every answer is kept by `Door` under what was asked, so a repeated webhook gets the same letters and has no
second effect. Which way a call goes after its media socket stands on its record (port ``CallDesk``).
"""

from __future__ import annotations

import asyncio
import logging
import re
from collections.abc import Mapping
from typing import Final

from calls.clock import Clock
from calls.errors import RecordError
from calls.house_ports import Declined, Sockets
from calls.line import IncomingCall
from calls.ports import CallDesk, Pending
from calls.signals import CarrierGone
from telephony.door import Answer, Door, Visit
from telephony.pay import FIELDS, PAID, PAY_STATUS, PayTerms, read_result
from telephony.tokens import TTL_MS, CallTokens
from telephony.twiml import (
    Connect,
    Dial,
    Hangup,
    Number,
    Parameter,
    Pause,
    Queue,
    Redirect,
    Say,
    Sip,
    Stream,
    Target,
    Verb,
    render,
)

log = logging.getLogger(__name__)

RECONNECTS: Final = 3
"""Times a caller is sent back to a media socket after one was lost."""
REPEATS: Final = 5
"""Times one reconnection is handed out; beyond that the socket cannot be reached (Twilio 31920), it is no retry."""
RING_S: Final = 20
WAITS: Final = 4
"""Times a caller is asked to wait for the record before they are put through."""
WAIT_S: Final = 2
ELSEWHERE_S: Final = 1
"""Until a call which this process takes no more is offered again, to whoever answers then."""
ALONE_S: Final = 4
"""The same when no other process is known: the next one must have started by then."""
CLOSE_S: Final = 0.5
"""How long the carrier waits for us to tell other processes; they only save themselves a question."""
MOMENT: Final = "One moment, please."
SORRY: Final = "We are sorry, something went wrong on our side. Please call again later. Goodbye."
PUT_THROUGH: Final = "We are sorry, we have trouble with this connection. One moment, we are putting you through."
OVER: Final = frozenset({"completed", "busy", "failed", "no-answer", "canceled"})
"""CallStatus values after which a call is no more."""
TOOK: Final = frozenset({"completed", "answered"})
"""DialCallStatus values which mean that a person spoke with the caller."""
MISSED: Final = frozenset({"busy", "no-answer", "failed", "canceled"})

VOICE, MEDIA, AFTER, STATUS, STREAM_STATUS = (
    "/twilio/voice",
    "/twilio/media",
    "/twilio/after",
    "/twilio/status",
    "/twilio/stream-status",
)
Form = Mapping[str, str]
_SID = re.compile(r"[A-Za-z0-9]{2,64}", re.ASCII)
_NUMBER = re.compile(r"\+[0-9]{3,15}", re.ASCII)


class NotACall(ValueError):
    """The form names no call."""


class Callbacks:
    """Answers webhooks whose signature was checked. ``public_url``: where the carrier reaches us."""

    def __init__(
        self,
        door: Door,
        desk: CallDesk,
        tokens: CallTokens,
        clock: Clock,
        public_url: str,
        sockets: Sockets | None = None,
        pay: PayTerms | None = None,
    ) -> None:
        self._door = door
        self._pay = pay or PayTerms()
        self._desk = desk
        self._tokens = tokens
        self._clock = clock
        self._public_url = public_url.rstrip("/")
        self._sockets = sockets
        self.stream_events: dict[str, int] = {}
        """StreamEvent -> times; only the events Twilio documents"""
        self.pay_troubles: dict[str, int] = {}
        """field of a card -> times it was keyed wrong, or not at all"""

    # --- POST /twilio/voice -----------------------------------------------------------------------

    async def voice(self, form: Form) -> str:
        """What to do with a call that comes in. Raises NotACall."""
        incoming = incoming_call(form)
        if self._door.draining and self._door.find(incoming.call) is None:
            # As the first verb a pause does not answer: the caller hears it ring (Twilio: Pause).
            return render(Pause(ELSEWHERE_S), Redirect(self._public_url + VOICE))
        visit = self._door.visit(incoming)
        async with visit.answering:
            return (await self._door.once(visit, ("voice",), lambda: self._welcome(visit))).body

    async def _welcome(self, visit: Visit) -> Answer:
        decision = await self._door.decide(visit)
        if isinstance(decision, Declined):
            log.info("call declined: %s", decision.reason)
            return Answer(render(*self._decline(decision)))
        try:
            return Answer(render(self._connect(visit)))
        except Exception:
            # The caller hears an apology instead of us: the place on the line is free.
            self._door.leave(visit)
            raise

    def _decline(self, declined: Declined) -> list[Verb]:
        if declined.dial:
            return [self._dial(_target(declined.dial_kind, declined.dial, declined.digits), RING_S)]
        return [Say(declined.message or SORRY), Hangup()]

    # --- POST /twilio/after -----------------------------------------------------------------------

    async def after(self, form: Form) -> str:
        """What comes after a media socket, or after a dialled person. Raises NotACall."""
        visit = self._door.visit(incoming_call(form))
        answer = await self._after(visit, form)
        if visit.over:
            await self._close(visit)
        return answer

    async def _close(self, visit: Visit) -> None:
        """Let the other processes know that the carrier was told to end the call."""
        if self._sockets is None:
            return
        try:
            async with asyncio.timeout(CLOSE_S):
                await self._sockets.close(visit.incoming.call)
        except Exception as why:
            log.warning("the end of a call cannot be told to other processes (%s)", type(why).__name__)

    async def _after(self, visit: Visit, form: Form) -> str:
        async with visit.answering:
            await self._door.settle(visit)
            status = form.get("DialCallStatus", "")
            if status:
                key = ("dial", str(visit.dials), status, form.get("DialCallSid", ""))
                seconds = _seconds(form.get("DialCallDuration", ""))
                return (await self._door.once(visit, key, lambda: self._dialled(visit, status, seconds))).body
            if self._door.closing:
                return render(*self._elsewhere())
            try:
                pending = await self._desk.pending(visit.incoming.call)
            except RecordError:
                return render(*await self._wait(visit))
            key = ("after", pending.state, str(pending.attempts), str(visit.returns + visit.captures))
            known = visit.answers.get(key)
            if known is not None and known.given >= REPEATS and pending.state in ("open", "unknown"):
                return render(*self._give_up(visit))
            return (await self._door.once(visit, key, lambda: self._next(visit, pending))).body

    async def _dialled(self, visit: Visit, status: str, seconds: int) -> Answer:
        visit.returns += 1
        if isinstance(visit.decision, Declined):
            told = [] if status in TOOK else [Say(visit.decision.message or SORRY)]
            return self._goodbye(visit, *told)
        # A word Twilio may add one day means that nobody spoke with the caller, as far as we know.
        await self._desk.handed_over(visit.incoming.call, status if status in TOOK | MISSED else "failed", seconds)
        if status in TOOK:
            return self._goodbye(visit)
        return await self._return(visit)

    async def _next(self, visit: Visit, pending: Pending) -> Answer:
        match pending.state:
            case "ended":
                return self._goodbye(visit, *([Say(SORRY)] if pending.fault else []))
            case "hand_over":
                visit.dials += 1
                target = _target(pending.dial_kind, pending.dial, pending.digits)
                return Answer(render(self._dial(target, pending.ring_seconds)))
            case "capture":
                # The caller keys their card at the carrier, and comes back through `paid`.
                visit.pays += 1
                locale = visit.line.locale if visit.line is not None else ""
                return Answer(render(self._pay.verb(pending.fields, self._at(PAID), self._at(PAY_STATUS), locale)))
            case "open" | "unknown":
                if max(pending.attempts - 1, visit.connects) >= RECONNECTS:
                    return Answer(render(*self._give_up(visit)))
                visit.connects += 1
                return await self._return(visit, known=pending.state == "open")

    def _elsewhere(self) -> list[Verb]:
        return [Pause(ALONE_S), Redirect(self._public_url + AFTER)]

    async def _wait(self, visit: Visit) -> list[Verb]:
        """Nobody knows where the call stands until the record can be read again: soon, or not for this caller."""
        visit.waits += 1
        if visit.waits > WAITS:
            await self._door.decide(visit, inside=True)
            return self._give_up(visit)
        first = [Say(MOMENT)] if visit.waits == 1 else []
        return [*first, Pause(WAIT_S), Redirect(self._public_url + AFTER)]

    async def _return(self, visit: Visit, *, known: bool = True) -> Answer:
        """Back to the agent. The call may be new to this process: then it is admitted first, as one that is inside
        when its record is ``known``."""
        if self._door.closing:
            return Answer(render(*self._elsewhere()))
        decision = await self._door.decide(visit, inside=known)
        if isinstance(decision, Declined):
            return Answer(render(*self._decline(decision)))
        return Answer(render(self._connect(visit)), self._clock.now_ms() + TTL_MS)

    def _give_up(self, visit: Visit) -> list[Verb]:
        human = visit.line.human if visit.line is not None else None
        if human is None:
            self._door.leave(visit)
            return [Say(SORRY), Hangup()]
        self._door.leave(visit)
        # No action: the agent cannot be reached, so nobody could take the caller back.
        target = _target(human.kind, human.address, human.digits)
        dial = Dial(target, timeout_s=human.ring_seconds, answer_on_bridge=True)
        return [Say(PUT_THROUGH), dial, Hangup()]

    def _goodbye(self, visit: Visit, *before: Verb) -> Answer:
        self._door.leave(visit)
        return Answer(render(*before, Hangup()))

    # --- POST /twilio/pay and /twilio/pay-status ------------------------------------------------------

    async def paid(self, form: Form) -> str:
        """The carrier has taken a card, or not: the record learns it, and the call comes back. Raises NotACall."""
        visit = self._door.visit(incoming_call(form))
        async with visit.answering:
            await self._door.settle(visit)
            key = ("paid", str(visit.pays))
            return (await self._door.once(visit, key, lambda: self._paid(visit, form))).body

    async def _paid(self, visit: Visit, form: Form) -> Answer:
        result = read_result(form)
        await self._desk.captured(visit.incoming.call, result.refusal, result.found)
        visit.captures += 1
        if result.refusal == "hung_up":
            return self._goodbye(visit)
        return await self._return(visit)

    def pay_status(self, form: Form) -> None:
        """Counted by field, when something was wrong with it; of what was keyed nothing is looked at."""
        field = form.get("For", "")
        if form.get("ErrorType") and field in FIELDS:
            self.pay_troubles[field] = self.pay_troubles.get(field, 0) + 1

    def _at(self, path: str) -> str:
        return self._public_url + path

    # --- POST /twilio/status and /twilio/stream-status -----------------------------------------------

    async def status(self, form: Form) -> None:
        """The carrier's word on the call itself; repeats and overtakes itself. Raises NotACall."""
        status = form.get("CallStatus", "")
        if status not in OVER:
            return
        visit = self._door.visit(incoming_call(form))
        async with visit.answering:
            await self._door.once(visit, ("over",), lambda: self._over(visit, status))
        await self._close(visit)

    async def _over(self, visit: Visit, status: str) -> Answer:
        self._tokens.revoke(visit.incoming.call)
        if visit.seat is not None and not visit.seat.stopped:
            # Its socket may be lost without a word; then nobody else would tell the session.
            visit.seat.tell(CarrierGone(True, status))
        await self._door.settle(visit)
        if visit.seat is None:
            # A session that is still settling was told, and ends the record itself.
            await self._desk.over(visit.incoming.call, status)
        self._door.leave(visit)
        return Answer("")

    def stream_status(self, form: Form) -> None:
        """Counted; an error is logged by its code."""
        event = form.get("StreamEvent", "")
        if event not in ("stream-started", "stream-stopped", "stream-error"):
            event = "unknown"
        self.stream_events[event] = self.stream_events.get(event, 0) + 1
        if event == "stream-error":
            code = re.search(r"\b\d{5}\b", form.get("StreamError", ""))
            log.warning("the carrier reports a stream error: %s", code.group() if code else "no code")

    # --- TwiML --------------------------------------------------------------------------------------

    def _connect(self, visit: Visit) -> Connect:
        token = self._tokens.mint(visit.incoming.call, visit.incoming)
        stream = Stream(
            url="ws" + self._public_url.removeprefix("http") + MEDIA,
            parameters=(Parameter("token", token),),
            status_callback=self._public_url + STREAM_STATUS,
        )
        return Connect(stream, action=self._public_url + AFTER)

    def _dial(self, target: Target, ring_seconds: int) -> Dial:
        return Dial(target, action=self._public_url + AFTER, timeout_s=ring_seconds, answer_on_bridge=True)


def incoming_call(form: Form) -> IncomingCall:
    """The call a webhook is about. Raises NotACall without a CallSid."""
    call, account = form.get("CallSid", ""), form.get("AccountSid", "")
    if not _SID.fullmatch(call):
        raise NotACall("the form names no call: CallSid is missing or malformed")
    caller = form.get("From", "")
    return IncomingCall(
        call=call,
        # "anonymous", "+266696687" spelt out and SIP addresses are no numbers to call back.
        caller=caller if _NUMBER.fullmatch(caller) else "",
        called=form.get("To", "")[:256],
        account=account if _SID.fullmatch(account) else "",
    )


def _target(kind: str, address: str, digits: str = "") -> Target:
    match kind:
        case "sip":
            return Sip(address)
        case "queue":
            return Queue(address)
        case _:
            return Number(address, digits or None)


def _seconds(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 7 else 0
