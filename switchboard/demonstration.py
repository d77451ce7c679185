"""The demo's caller, and what came of its call."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import median
from zoneinfo import ZoneInfo

from sqlalchemy import select

from calls.clock import utc_now
from calls.errors import ConfigurationError
from calls.line import Line
from calls.record import stream_of
from records.transcript import transcribe
from records.transcript_formats import as_text
from records.waterfall import TurnLatency, summarize
from spoken import Context, Kind, parse, read_back
from switchboard.house import House
from switchboard.simulated import Habit, Persona, best_voice, ear_of, voice_of
from telephony.twin import CallResult, Twin, TwinConfig
from telephony.twin.web import WebNetwork
from workflows.backends.tables import bookings

SUNDAY = 6
CALLER_NUMBER = "+15555550142"
CALLER_NAME = "John Carter"
FAVOURITE = "Half past two in the afternoon, please."


class Booker:
    """Wants a cleaning in a few days, and takes what is free when the first wish is not."""

    def __init__(self, now: datetime) -> None:
        self._now = now
        self._days = 2

    def day(self, _: str) -> str:
        """A day in the next week; another one each time the agent asks."""
        self._days += 1
        wish = self._now + timedelta(days=self._days)
        if wish.weekday() == SUNDAY:
            self._days += 1
            wish += timedelta(days=1)
        return f"On {wish:%A}, please." if self._days < 7 else f"On {wish:%B} {wish.day}."

    def time(self, words: str) -> str:
        """The favourite, unless the agent offers others instead."""
        if "nearest" not in words and "for example" not in words:
            return FAVOURITE
        offered = parse(Kind.time, words[words.find("nearest") :], Context(self._now, "UTC"))
        spoken = read_back(Kind.time, offered.value, Context(self._now, "UTC")) if offered else "nine in the morning"
        return f"{spoken}, please."

    def persona(self) -> Persona:
        """What is said when; the first that matches."""
        return Persona(
            (
                Habit(r"cleaning, a check", lambda words: f"A cleaning. {self.day(words)}", once=True),
                Habit(r"cleaning, a check", "A cleaning, please."),
                Habit(r"shall i book|is (all )?(that|this) (right|correct)|did i get", "Yes, please."),
                Habit(r"anything else", "No, thank you. Goodbye."),
                Habit(r"goodbye|good-bye"),
                Habit(r"(what|which) day", self.day),
                Habit(r"(what|which) time|which would you like|just the time|suits you", self.time),
                Habit(r"spell", " ".join(CALLER_NAME.split()[-1])),
                Habit(r"calling from|ending in", "Yes."),
                Habit(r"\bname\b", f"It's {CALLER_NAME}."),
                Habit(r"number", "You can use the number I'm calling from."),
                Habit(r"put you through", "No, thank you."),
                Habit(r".*", "Could you repeat that, please?"),
            )
        )


def booking_line(house: House) -> Line:
    """The line the demo calls. Raises ConfigurationError when no line books."""
    line = next((line for line in house.book.lines if line.script == "book"), None)
    if line is None:
        raise ConfigurationError(f"{house.settings.lines} has no line with the script 'book', which the demo calls")
    return line


async def place(house: House) -> CallResult:
    """The caller's side: Twilio's twin over loopback, a synthetic voice, and an ear that hears what is asked."""
    from agent.offline.workers import OfflineSpeech

    line, public = booking_line(house), house.settings.public_url
    ear = OfflineSpeech(recognizer_threads=1)
    await ear.start(house.settings.var / "models")
    try:
        config = TwinConfig(
            voice_url=f"{public}/twilio/voice",
            auth_token=house.settings.twilio_auth_tokens[0],
            status_url=f"{public}/twilio/status",
        )
        async with WebNetwork({public: public}) as network:
            twin = Twin(config, network, voice=voice_of(best_voice()), ear=ear_of(ear))
            persona = Booker(utc_now().astimezone(ZoneInfo(line.timezone))).persona()
            number = line.number if line.number != "*" else "+15550100"
            return await twin.place_call(to=number, from_=CALLER_NUMBER, script=persona)
    finally:
        await ear.aclose()


@dataclass(frozen=True, slots=True)
class Appointment:
    """A row of the calendar."""

    code: str
    service: str
    starts_at: datetime
    """in the line's time zone"""
    name: str

    def line(self) -> str:
        """For a person."""
        return f"{self.code}: {self.service}, {self.starts_at:%A %d %B %Y %H:%M}, {self.name} (committed in Postgres)"


async def booking_of(house: House, call: str) -> Appointment | None:
    """The appointment made in ``call``, read from the calendar."""
    async with house.database.connect() as connection:
        row = (await connection.execute(select(bookings).where(bookings.c.call == call))).mappings().first()
    if row is None:
        return None
    zone = ZoneInfo(booking_line(house).timezone)
    return Appointment(row["code"], row["service"], row["starts_at"].astimezone(zone), row["name"])


async def told(house: House, call: str, code: str) -> bool:
    """Whether the transcript says what is in the database: the code was spoken to the caller."""
    past = [envelope.event() for envelope in await house.sink.load(stream_of(call))]
    return code in as_text(transcribe(past)).replace(" ", "")


def figures(result: CallResult, latencies: Sequence[TurnLatency]) -> list[str]:
    """What was measured, as lines."""
    out = []
    heard, served = result.response_ms, summarize(latencies)
    if heard:
        longest = max(heard)
        out.append(f"reply latency at the caller: median {median(heard):.0f} ms, longest {longest:.0f} ms")
    if served.median is not None:
        stages = ", ".join(f"{stage} {ms:.0f}" for stage, ms in served.stages)
        out.append(f"  in the server: median {served.median:.0f} ms (medians by stage: {stages})")
    out.append(f"sound       {result.starved_ms:.0f} ms of gaps, {len(result.findings)} findings of the carrier")
    if result.gave_up:
        out.append(f"            the caller gave up: {result.gave_up}")
    return out
