"""``switchboard call``: Twilio's side of a call, placed against any server."""

from __future__ import annotations

import argparse
import contextlib
import os
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from urllib.parse import urlsplit

from calls.errors import ConfigurationError
from switchboard import settings
from telephony.twin import Caller, CallerScript, CallResult, Human, Twin, TwinConfig
from telephony.twin.ports import Ear, Voice


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("call", help="place a simulated call against any server")
    command.add_argument("url", help="the server, or its answer webhook: http://127.0.0.1:8080")
    command.add_argument("--to", default="+15550100", metavar="NUMBER")
    command.add_argument("--from", dest="from_", default="+15550142", metavar="NUMBER")
    command.add_argument("--says", action="append", default=[], metavar="TEXT", help="one turn; may be repeated")
    command.add_argument("--wav", type=Path, metavar="FILE", help="one turn: a recording, 8 or 16 kHz")
    command.add_argument("--scenario", type=Path, metavar="FILE", help="a caller written down in YAML")
    command.add_argument("--voice", default="", help="caller voice (see docs/models.md)")
    command.add_argument("--human", choices=("answers", "busy", "no-answer", "failed"), default="answers")
    command.add_argument("--listen", action="store_true", help="write down what the agent says, with the recognizer")
    command.add_argument("--recording", type=Path, metavar="FILE", help="keep what was heard, two channels")
    command.add_argument("--json", action="store_true", help="print everything as one JSON object")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Exit code 0 when the call was answered and nothing was found wrong with it."""
    from switchboard.simulated import best_voice, voice_of
    from telephony.twin.scenario import Scenario, load
    from telephony.twin.web import WebNetwork

    chosen = settings.read()
    script: CallerScript
    to, from_, human = arguments.to, arguments.from_, Human(arguments.human)
    voice = voice_of(arguments.voice or best_voice())
    if arguments.scenario is not None:
        scenario: Scenario = load(arguments.scenario)
        await scenario.prepare(voice)
        script, to, from_ = scenario, scenario.to or to, scenario.from_ or from_
        human = scenario.human or human
    else:
        script = await _speaker(arguments, voice)
    origin, webhook = _addresses(arguments.url)
    public = chosen.public_url or origin
    config = TwinConfig(
        voice_url=f"{public}{webhook}",
        auth_token=chosen.twilio_auth_tokens[0] if chosen.twilio_auth_tokens else None,
        account_sid=chosen.twilio_account_sid or "AC" + "0" * 32,
        status_url=f"{public}/twilio/status",
        human=human,
    )
    async with _ear(arguments.listen or arguments.scenario is not None) as ear, WebNetwork({public: origin}) as network:
        twin = Twin(replace(config), network, voice=voice, ear=ear)
        result = await twin.place_call(to=to, from_=from_, script=script)
    if arguments.recording is not None:
        result.write_wav(arguments.recording)
    print(result.to_json() if arguments.json else _story(result))
    return 0 if result.answered and not result.errors and not result.gave_up else 1


async def _speaker(arguments: argparse.Namespace, voice: Voice) -> CallerScript:
    audio = [(await voice(text), text) for text in arguments.says]
    if arguments.wav is not None:
        audio.append((_recording(arguments.wav), ""))

    async def script(phone: Caller) -> None:
        await phone.hears_greeting()
        for mulaw, text in audio:
            await phone.says(mulaw, text=text)
            await phone.waits_for_agent()
        await phone.hangs_up()

    return script


def _recording(path: Path) -> bytes:
    from agent.offline import resample
    from agent.offline.caller_voices import read_wav
    from telephony import g711

    try:
        samples, rate = read_wav(path.read_bytes())
    except (ValueError, EOFError) as why:
        raise ConfigurationError(f"{path}: not a WAV file that can be played ({why}); use 16-bit PCM") from why
    return g711.linear_to_ulaw(resample.to_pcm16(resample.to_rate(samples, rate, 8_000)))


def _addresses(url: str) -> tuple[str, str]:
    parts = urlsplit(url if "//" in url else f"http://{url}")
    if not parts.hostname:
        raise ConfigurationError(f"{url!r} is no address; write it like http://127.0.0.1:8080")
    return f"{parts.scheme}://{parts.netloc}", parts.path if len(parts.path) > 1 else "/twilio/voice"


@contextlib.asynccontextmanager
async def _ear(wanted: bool) -> AsyncIterator[Ear | None]:
    if not wanted:
        yield None
        return
    from agent.offline.workers import OfflineSpeech
    from switchboard.simulated import ear_of

    speech = OfflineSpeech()
    await speech.start(settings.read().var / "models")
    try:
        yield ear_of(speech)
    finally:
        await speech.aclose()


def _story(result: CallResult) -> str:
    """The call for a person."""
    lines = []
    for said in result.agent:
        seconds = (said.end_ms - said.start_ms) / 1000
        lines.append((said.start_ms, f"agent   {said.text or f'({seconds:.1f} s of speech)'}"))
    for turn in result.turns:
        after = f"   (answered after {turn.response_ms:.0f} ms)" if turn.response_ms is not None else ""
        lines.append((int(turn.start_ms), f"caller  {turn.text or '(audio)'}{after}"))
    story = [f"{at / 1000:7.2f} s  {line}" for at, line in sorted(lines)]
    story += [f"finding: {finding}" for finding in result.findings]
    if result.gave_up:
        story.append(f"the caller gave up: {result.gave_up}")
    seconds = result.duration_ms / 1000
    story.append(f"{result.call_sid}: {seconds:.1f} s, {result.end_reason}, gaps {result.starved_ms:.0f} ms")
    return os.linesep.join(story)
