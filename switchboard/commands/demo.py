"""``switchboard demo``: a phone call on this machine, printed as it happens."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import secrets
import sys
from dataclasses import replace
from zoneinfo import ZoneInfo

from sqlalchemy import select

from calls.clock import LoopClock, utc_now
from calls.record import stream_of
from records.recording_path import recording_path
from records.transcript import transcribe
from records.transcript_formats import as_text
from records.waterfall import summarize
from switchboard import settings
from switchboard.settings import Settings
from telephony.twin import CallResult

DEMO_NUMBER = "+15550100"


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("demo", help="a simulated booking call on this machine, printed as it happens")
    command.add_argument("--once", action="store_true", help="end after the call; exit code 0 only if it was booked")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Serve, place the call, show what came of it."""
    secret = secrets.token_hex(16)
    chosen = replace(
        settings.read(), host="127.0.0.1", public_url="", twilio_auth_tokens=(secret,), insecure_dev=False
    )
    # The demo's carrier is the twin, with a secret of its own: signatures are checked as for real calls.
    chosen = replace(chosen, public_url=f"http://127.0.0.1:{chosen.port}")
    return await _demo(chosen, keep=not arguments.once and sys.stdout.isatty())


async def _demo(chosen: Settings, keep: bool) -> int:
    from switchboard.access import Access
    from switchboard.house import offline_engine, open_house
    from switchboard.server import listening
    from switchboard.web import application

    began = LoopClock().now_ms()
    demo_secret = secrets.token_urlsafe(16)
    async with (
        offline_engine(chosen, lambda what, share: print(f"  {what} {share:.0%}", flush=True)) as engine,
        open_house(chosen, engine, lambda text: print(f"  {text}", flush=True)) as house,
        listening(application(house, signed_in=Access(house, demo_secret).guard), chosen),
    ):
        ready_s = (LoopClock().now_ms() - began) / 1000
        print(f"\nReady after {ready_s:.1f} s. A caller dials {DEMO_NUMBER}.\n", flush=True)
        booked = await _show(house)
        print(f"\ncall log   {chosen.public_url}/calls?demo={demo_secret}")
        print(f"softphone  {chosen.public_url}/phone?demo={demo_secret}")
        if keep:
            print("\nServing until Ctrl-C. Call from the softphone, or: switchboard call", chosen.public_url)
            with contextlib.suppress(asyncio.CancelledError):
                await asyncio.Event().wait()
    return 0 if booked else 1


async def _show(house: object) -> bool:
    """Place the call and print it; True when the appointment is in the database and on the transcript."""
    from switchboard.demonstration import Narrator
    from switchboard.house import House

    assert isinstance(house, House)
    narrator = Narrator(lambda text: print(text, flush=True))
    with house.sink.following() as queue:
        async with asyncio.TaskGroup() as group:
            following = group.create_task(narrator.follow(queue))
            result = await _place(house)
            await asyncio.sleep(0)
            following.cancel()
    past = [envelope.event() for envelope in await house.sink.load(stream_of(result.call_sid))]
    text = as_text(transcribe(past))
    booking = await _booking(house, result.call_sid)
    print(f"\ntranscript  switchboard transcript {result.call_sid}")
    print(f"recording   {recording_path(house.settings.var / 'recordings', result.call_sid)}")
    print(f"appointment {booking or 'none was made'}")
    _figures(result, summarize(narrator.latencies))
    if result.gave_up:
        print(f"the caller gave up: {result.gave_up}")
    code = booking.get("code", "") if booking else ""
    return bool(booking) and bool(code) and str(code) in text.replace(" ", "")


async def _place(house: object) -> CallResult:
    from agent.offline.workers import OfflineSpeech
    from switchboard.demonstration import CALLER_NUMBER, booker
    from switchboard.house import House
    from switchboard.simulated import best_voice, ear_of, voice_of
    from telephony.twin import Twin, TwinConfig
    from telephony.twin.web import WebNetwork

    assert isinstance(house, House)
    chosen = house.settings
    line = house.book.find(DEMO_NUMBER)
    ear = OfflineSpeech(recognizer_threads=1)
    await ear.start(chosen.var / "models")
    try:
        config = TwinConfig(
            voice_url=f"{chosen.public_url}/twilio/voice",
            auth_token=chosen.twilio_auth_tokens[0],
            status_url=f"{chosen.public_url}/twilio/status",
        )
        async with WebNetwork({chosen.public_url: chosen.public_url}) as network:
            twin = Twin(config, network, voice=voice_of(best_voice()), ear=ear_of(ear))
            persona = booker(utc_now().astimezone(ZoneInfo(line.timezone)))
            return await twin.place_call(to=DEMO_NUMBER, from_=CALLER_NUMBER, script=persona)
    finally:
        await ear.aclose()


async def _booking(house: object, call: str) -> dict[str, object]:
    from switchboard.house import House
    from workflows.backends.tables import bookings

    assert isinstance(house, House)
    async with house.database.connect() as connection:
        row = (await connection.execute(select(bookings).where(bookings.c.call == call))).mappings().first()
    return {key: str(value) for key, value in row.items()} if row else {}


def _figures(result: CallResult, latency: object) -> None:
    from records.waterfall import LatencySummary

    assert isinstance(latency, LatencySummary)
    heard = sorted(result.response_ms)
    if heard:
        middle = heard[len(heard) // 2]
        figures = f"median {middle:.0f} ms, longest {heard[-1]:.0f} ms ({len(heard)} replies)"
        print(f"\nreply latency at the caller: {figures}")
    if latency.median is not None:
        stages = ", ".join(f"{stage} {ms:.0f}" for stage, ms in latency.stages)
        print(f"  in the server: median {latency.median:.0f} ms; by stage (medians): {stages}")
    print(f"  gaps inside sentences: {result.starved_ms:.0f} ms; findings of the carrier: {len(result.findings)}")
