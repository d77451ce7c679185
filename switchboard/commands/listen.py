"""``switchboard listen``: what hearing decides on a recording, as if it came over the phone."""

from __future__ import annotations

import argparse
import dataclasses
import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from calls.errors import ConfigurationError, RecordError
from calls.guidance import NOTHING_EXPECTED, Guidance, SlotExpectation
from switchboard import settings
from switchboard.lines import CHOICES, LOCALES

if TYPE_CHECKING:
    from agent.hearing.listening import Findings
    from agent.hearing.wav import Samples, Sound
    from agent.offline_parts import SileroDetector
    from agent.ports import Recognition
    from calls.speech import Tone
    from workflows.language.model import Script

NOBODY = 0.001
"""-60 dBFS"""


def add_to(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command."""
    command = commands.add_parser("listen", help="what hearing decides on a recording: speech, turns, why they ended")
    command.add_argument(
        "file",
        type=Path,
        metavar="FILE",
        help="any rate, width and channels; PCM, float, G.711; or a recording of ours in FLAC",
    )
    command.add_argument("--script", default="", metavar="NAME", help="as at the first step of this script")
    command.add_argument("--expects", default="", metavar="KIND", help="as where this is asked for: phone, yes_no, ...")
    command.add_argument(
        "--turn-taking", default="default", choices=CHOICES["turn_taking"], help="as on a line with this setting"
    )
    command.add_argument("--unhurried", action="store_true", help="as with a caller who needs time")
    command.add_argument("--locale", default="en-US", choices=LOCALES)
    command.add_argument(
        "--channel", type=int, metavar="N", help="the first is 1; else the first that is not silent: the caller's"
    )
    command.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    command.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """Prints {speech: [{from_ms, to_ms}], turns: [{from_ms, to_ms, decided_ms, reason, text, tone}]}, or a table."""
    from agent.hearing.band import telephone
    from agent.hearing.listener import Listener
    from agent.hearing.listening import listen
    from agent.hearing.nearness import NearDetector
    from agent.hearing.patience import WordPatience

    guidance = expected(arguments.script, arguments.expects, arguments.locale)
    guidance = dataclasses.replace(guidance, unhurried=arguments.unhurried)
    sound = _read(arguments.file)
    channel = _channel(sound, arguments)
    mulaw = telephone(sound.channels[channel], sound.rate)
    recognize, detector = _models()
    patience = WordPatience(guidance, arguments.locale, arguments.turn_taking)
    found = listen(mulaw, Listener(NearDetector(detector), patience), recognize)
    tones = _tones(mulaw, found)
    print(_json(found, tones) if arguments.json else _table(found, tones, sound, channel))
    return 0


def _read(path: Path) -> Sound:
    """A WAV file, or a recording of ours as it is stored."""
    import numpy as np

    from agent.hearing.wav import Sound, UnreadableSound, read_file
    from records.flac_reading import read_samples
    from records.wav import CHANNELS, RATE

    if not path.is_file() or not _is_flac(path):
        return read_file(path)
    try:
        pcm16 = b"".join(read_samples(path))
    except RecordError as why:
        raise UnreadableSound(
            f"{path}: {why}; of FLAC only recordings of this service are read, convert others: "
            "ffmpeg -i IN -acodec pcm_s16le OUT.wav"
        ) from why
    samples = np.frombuffer(pcm16, dtype="<i2").reshape(-1, CHANNELS).astype(np.float32) / np.float32(32768.0)
    return Sound(tuple(np.ascontiguousarray(samples[:, n]) for n in range(CHANNELS)), RATE)


def _is_flac(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(4) == b"fLaC"


def _channel(sound: Sound, arguments: argparse.Namespace) -> int:
    """Recordings of ours have the caller first. A channel that is silent, or nearly so, is nobody's."""
    chosen, count = arguments.channel, len(sound.channels)
    if chosen is not None:
        if not 1 <= chosen <= count:
            raise ConfigurationError(f"{arguments.file}: has no channel {chosen}; choose 1 to {count}")
        return int(chosen) - 1
    return next((n for n, channel in enumerate(sound.channels) if _sounds(channel, sound.rate)), 0)


def _sounds(channel: Samples, rate: int) -> bool:
    """Whether any tenth of a second of it is louder than an input to which nothing is connected."""
    size = rate // 10
    blocks = channel[: len(channel) // size * size].reshape(-1, size)
    return bool(((blocks - blocks.mean(axis=1, keepdims=True)) ** 2).mean(axis=1).max(initial=0.0) > NOBODY**2)


def _models() -> tuple[Callable[[bytes], Recognition], SileroDetector]:
    from agent.models import ModelError
    from agent.offline import resample
    from agent.offline.moonshine import Moonshine
    from agent.offline.silero import SileroModel
    from agent.offline_parts import SileroDetector

    try:
        detector = SileroDetector(SileroModel.load())
        recognizer = Moonshine.load(settings.read().var / "models", _progress)
    except ModelError as why:
        raise ConfigurationError(str(why)) from why

    def recognize(pcm16_8k: bytes) -> Recognition:
        return recognizer.transcribe(resample.up(resample.from_pcm16(pcm16_8k), 2))

    return recognize, detector


def _progress(doing: str, share: float) -> None:
    print(f"{doing} {share:.0%}", file=sys.stderr)


# --- what is expected ---------------------------------------------------------------------------------


def expected(script: str, kind: str, locale: str = "en-US") -> Guidance:
    """What a call would expect: at the first step of ``script``, where ``kind`` is asked for, or where that script asks
    for it. Raises ConfigurationError naming what there is."""
    from spoken import Kind

    if kind and kind not in set(Kind):
        raise ConfigurationError(f"--expects {kind!r} is no kind; use one of: {', '.join(Kind)}")
    if script:
        return _in_script(script, kind, locale)
    if not kind:
        return NOTHING_EXPECTED
    from spoken.expectations import expectation

    slot = SlotExpectation("value", kind)
    return Guidance("listen", "value", (slot,), frozenset({"FillSlot"}), patience=expectation(kind).patience)


def _in_script(name: str, kind: str, locale: str) -> Guidance:
    from calls.clock import LoopClock
    from calls.run import CallFacts, Run
    from workflows.advance import ScriptDirector
    from workflows.language.nodes import suggestion
    from workflows.language.scripts import available_scripts

    scripts = available_scripts(settings.read().scripts)
    script = scripts.scripts.get(name)
    if script is None:
        raise ConfigurationError(f"there is no script {name!r}; {suggestion(name, list(scripts.scripts))}")
    step = _asking_for(script, kind) if kind else script.first
    wall = LoopClock().wall().isoformat(timespec="seconds")
    facts = CallFacts(
        call="", caller="+15550142", line="", business="", agent_name="", greeting="", locale=locale, timezone="UTC",
        wall=wall,
    )  # fmt: skip
    run = Run(script=script.name, version=script.digest, step=step)
    return ScriptDirector(scripts, name).guidance(run, facts)


def _asking_for(script: Script, kind: str) -> str:
    from workflows.language.model import Collect

    asking: dict[str, str] = {}
    for name, step in script.steps.items():
        if isinstance(step, Collect):
            asking.setdefault(script.slots[step.slot].kind, name)
    if kind not in asking:
        kinds = ", ".join(sorted(asking)) or "nothing"
        raise ConfigurationError(f"{script.name} asks for no {kind}; it asks for {kinds}. Leave --script out")
    return asking[kind]


# --- what is printed ----------------------------------------------------------------------------------


def _tones(mulaw: bytes, found: Findings) -> list[Tone | None]:
    """How each turn sounded; measured as in a call, where the turns before are what this caller usually sounds like."""
    from agent.tone.listener import ToneListener
    from calls.audio import AudioFrame
    from calls.speech import Heard

    listener, tones, at = ToneListener(), [], 0
    for turn in found.turns:
        until = min(len(mulaw), int(turn.decided_ms * 8) // 160 * 160)
        for begin in range(at, until, 160):
            listener.hear(AudioFrame(mulaw[begin : begin + 160], begin / 8))
        at = max(at, until)
        heard = Heard(turn.text, turn.from_ms, turn.to_ms, turn.confidence, reason=turn.reason)
        tones.append(listener.tone(heard))
    return tones


def _json(found: Findings, tones: list[Tone | None]) -> str:
    speech = [{"from_ms": round(span.from_ms), "to_ms": round(span.to_ms)} for span in found.speech]
    turns = [
        {
            "from_ms": round(turn.from_ms), "to_ms": round(turn.to_ms), "decided_ms": round(turn.decided_ms),
            "reason": turn.reason, "text": turn.text, "tone": dataclasses.asdict(tone) if tone else None,
        }
        for turn, tone in zip(found.turns, tones, strict=True)
    ]  # fmt: skip
    return json.dumps({"speech": speech, "turns": turns}, ensure_ascii=False)


def _table(found: Findings, tones: list[Tone | None], sound: Sound, channel: int) -> str:
    spoken_ms = sum(span.to_ms - span.from_ms for span in found.speech)
    which = f", channel {channel + 1} of {len(sound.channels)}" if len(sound.channels) > 1 else ""
    lines = [f"{sound.duration_ms / 1000:.1f} s at {sound.rate} Hz{which}, {spoken_ms / 1000:.1f} s of speech in "
             f"{len(found.speech)} stretches"]  # fmt: skip
    if not found.turns:
        return "\n".join([*lines, "no turns"])
    lines.append(f"{'from s':>8} {'to s':>8} {'waited ms':>9}  {'reason':<10} {'tone':<8} text")
    for turn, tone in zip(found.turns, tones, strict=True):
        lines.append(
            f"{turn.from_ms / 1000:8.2f} {turn.to_ms / 1000:8.2f} {turn.decided_ms - turn.to_ms:9.0f}  "
            f"{turn.reason:<10} {tone.feeling if tone else '-':<8} {turn.text}"
        )
    return "\n".join(lines)
