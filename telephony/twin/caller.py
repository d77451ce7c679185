"""The person on the phone. A script is an async function which is handed a `Caller`:

    async def books_a_table(phone: Caller) -> None:
        await phone.hears_greeting()
        await phone.says("a table for four, please")
        await phone.waits_for_agent()
        await phone.presses("1")
        await phone.hangs_up()

When the script returns without hanging up, the caller stays on the line until the agent ends the call or
`TwinConfig.linger_ms` have passed. Every wait ends with the call: the script is then simply over.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Final, Protocol, TypeAlias

from telephony.twin.handset import Handset
from telephony.twin.ports import Ear, Voice
from telephony.twin.soundcheck import Span
from telephony.twin.tape import Tape

QUIET_MS: Final = 700
"""silence after which somebody polite takes their turn"""
UNSURE_QUIET_MS: Final = 2_500
"""the same, when the agent only finished what it had begun before the caller spoke"""


class CallerGaveUp(Exception):
    """The agent did not do what the script waited for; the message says what, and for how long."""


class CallOver(Exception):
    """The call ended while the script was waiting."""


class Phone(Protocol):
    """What a caller can do to the call itself."""

    handset: Handset
    tape: Tape

    async def next_tick(self) -> None:
        """The next 20 ms have passed. Raises CallOver."""

    def press(self, digit: str) -> None:
        """One key."""

    def hang_up(self, reason: str = "caller_hung_up") -> None:
        """The call is over for the caller."""

    async def drop_socket(self) -> None:
        """The media socket is lost; the call is not."""


class Caller:
    """Scene-style verbs; times in seconds since answer, waits bounded."""

    def __init__(self, phone: Phone, voice: Voice | None = None, ear: Ear | None = None) -> None:
        self._phone = phone
        self._handset = phone.handset
        self._voice = voice
        self._ear = ear
        self._taken_in_ms = -1.0
        """end of the last utterance a wait returned: the next wait wants a later one"""

    @property
    def now_s(self) -> float:
        """Seconds since answer."""
        return self._handset.now_ms / 1000

    @property
    def agent_speaking(self) -> bool:
        """Whether the agent is heard just now."""
        return self._handset.agent_speaking

    @property
    def heard(self) -> list[Span]:
        """Finished utterances of the agent."""
        return self._handset.heard

    async def hears_greeting(self, within_s: float = 15.0) -> Span:
        """Wait until the agent has spoken and is quiet. Raises CallerGaveUp."""
        return await self._agent_finishes(-1.0, within_s, "a greeting")

    async def waits_for_agent(self, within_s: float = 30.0) -> Span:
        """Wait until the agent has answered the caller's last words or keys, and is quiet. Raises CallerGaveUp.

        Each utterance ends one wait: a second wait in a row waits for something new.
        """
        acts = self._handset.acts
        since = acts[-1].end_ms if acts else -1.0
        return await self._agent_finishes(max(since, self._taken_in_ms), within_s, "an answer")

    async def waits_for_agent_to_begin(self, within_s: float = 30.0) -> None:
        """Wait until the agent is speaking; for interrupting it. Raises CallerGaveUp."""
        await self._until(lambda: self._handset.agent_speaking, within_s, "the agent to begin speaking")

    async def says(self, what: str | bytes, *, at: float | None = None, text: str = "") -> None:
        """Say words (with the voice that was lent) or mu-law audio; returns when the last sound has gone out.

        `at`: not before this second of the call. `text`: the words of audio, for the record.
        """
        audio = await self.voiced(what)
        if at is not None:
            await self._until(lambda: self._handset.now_ms >= at * 1000, float("inf"), "")
        end = self._handset.speak(audio, what if isinstance(what, str) else text)
        await self._until(lambda: self._handset.now_ms >= end, float("inf"), "")

    async def interrupts(self, what: str | bytes, *, after: float = 1.0, text: str = "") -> None:
        """Speak `after` seconds into the agent's next (or present) utterance. Raises CallerGaveUp."""
        audio = await self.voiced(what)
        await self.waits_for_agent_to_begin()
        began = self._handset.agent_since_ms or self._handset.now_ms
        await self._until(lambda: self._handset.now_ms >= began + after * 1000, float("inf"), "")
        await self.says(audio, text=what if isinstance(what, str) else text)

    async def presses(self, keys: str, gap_ms: int = 240) -> None:
        """Press keys one after the other: 0-9 * # A-D, and w for half a second of waiting."""
        following = False
        for key in keys:
            if key in "wW":
                await self.waits(0.5)
                continue
            if key not in "0123456789*#ABCD":
                raise ValueError(f"no such key: {key!r}; use 0-9 * # A-D, w waits half a second")
            self._phone.press(key)
            self._handset.pressed(key, following)
            following = True
            await self.waits(gap_ms / 1000)

    async def waits(self, seconds: float) -> None:
        """Say nothing for a while."""
        end = self._handset.now_ms + seconds * 1000
        await self._until(lambda: self._handset.now_ms >= end, float("inf"), "")

    async def hangs_up(self) -> None:
        """Put the phone down, in mid-sentence or not. Never returns: the script is over."""
        self._phone.hang_up()
        await self._until(lambda: False, float("inf"), "")

    async def drops_socket(self) -> None:
        """The media socket breaks without a word; the caller stays on the line."""
        await self._phone.drop_socket()

    async def understands(self, span: Span) -> str:
        """What the agent said there, by the ear that was lent. Raises CallerGaveUp without an ear."""
        if self._ear is None:
            raise CallerGaveUp("this script listens to words, but the twin was lent no ear")
        # A little silence on both sides: recognizers dislike speech that begins with the first sample.
        begin = max(0, span.start_ms - 200)
        return await self._ear(self._phone.tape.read("agent", begin * 8, (span.end_ms + 200 - begin) * 8))

    async def voiced(self, what: str | bytes) -> bytes:
        """Audio for words; audio as it is. Raises CallerGaveUp without a voice."""
        if isinstance(what, bytes):
            return what
        if self._voice is None:
            raise CallerGaveUp("this script speaks words, but the twin was lent no voice: give it audio")
        return await self._voice(what)

    async def _agent_finishes(self, since_ms: float, within_s: float, what: str) -> Span:
        def answered() -> bool:
            heard = self._handset.heard
            if self._handset.agent_speaking or not heard or heard[-1].end_ms <= since_ms:
                return False
            quiet = QUIET_MS if heard[-1].start_ms >= since_ms else UNSURE_QUIET_MS
            return self._handset.now_ms - heard[-1].end_ms >= quiet

        # A long answer is no reason to give up: the limit is on silence.
        deadline = self._handset.now_ms + within_s * 1000
        while not answered():
            if self._handset.agent_speaking:
                deadline = self._handset.now_ms + within_s * 1000
            elif self._handset.now_ms >= deadline:
                raise CallerGaveUp(f"waited {within_s:g} s for {what} at {self.now_s:.1f} s of the call")
            await self._phone.next_tick()
        last = self._handset.heard[-1]
        self._taken_in_ms = last.end_ms
        return last

    async def _until(self, true: Callable[[], bool], within_s: float, what: str) -> None:
        deadline = self._handset.now_ms + within_s * 1000
        while not true():
            if self._handset.now_ms >= deadline:
                raise CallerGaveUp(f"waited {within_s:g} s for {what} at {self.now_s:.1f} s of the call")
            await self._phone.next_tick()


CallerScript: TypeAlias = Callable[[Caller], Awaitable[None]]
