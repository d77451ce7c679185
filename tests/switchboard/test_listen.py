"""``switchboard listen``: what is printed for a recording of any kind, and what cannot be listened to."""

from __future__ import annotations

import argparse
import json
import wave
from pathlib import Path

import numpy as np
import pytest

from agent.hearing.wav import Sound
from calls.errors import ConfigurationError
from calls.guidance import NOTHING_EXPECTED
from records.flac import write_flac
from switchboard.cli import main
from switchboard.commands.listen import _channel, expected


def written(path: Path, samples: np.ndarray, rate: int, channels: int = 1, before: int = 0) -> Path:
    """A 16-bit WAV; the sound stands in the last channel."""
    pcm = np.zeros((len(samples) + before, channels), dtype="<i2")
    pcm[before:, -1] = (samples * 32767).astype("<i2")
    with wave.open(str(path), "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(pcm.tobytes())
    return path


@pytest.mark.models
def test_a_recording_of_any_rate_gives_the_same_turns(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    from agent.hearing.band import resampled
    from agent.offline import resample
    from agent.offline.caller_voices import caller_voice

    said = resample.from_pcm16(caller_voice("rowan").synthesize("I would like to book a table."))
    quiet = np.zeros(8_000, dtype=np.float32)
    clip = np.concatenate((quiet, said, quiet))
    plain = written(tmp_path / "plain.wav", clip, 8_000)
    wide = written(tmp_path / "wide.wav", resampled(clip, 8_000, 44_100), 44_100, channels=2)
    stored = tmp_path / "stored.flac"
    with stored.open("wb") as file:
        pair = np.stack((clip, np.zeros_like(clip)), axis=1)
        write_flac(file, [(pair * 32767).astype("<i2").tobytes()], {})
    found = []
    for path in (plain, plain, wide, stored):
        assert main(["listen", str(path), "--json"]) == 0
        found.append(json.loads(capsys.readouterr().out))
    assert found[0] == found[1] == found[3]
    for one in (found[0], found[2]):
        assert set(one) == {"speech", "turns"}
        (turn,) = one["turns"]
        assert set(turn) == {"from_ms", "to_ms", "decided_ms", "reason", "text", "tone"}
        assert "table" in turn["text"].lower() and turn["tone"]["feeling"] == "neutral"
        assert 900 <= turn["from_ms"] <= 1_250 and turn["to_ms"] < turn["decided_ms"]
    assert main(["listen", str(plain), "--expects", "phone"]) == 0
    assert "waited ms" in capsys.readouterr().out


def test_the_caller_is_on_the_first_channel_to_which_something_is_connected() -> None:
    hum = np.random.default_rng(1).normal(0.01, 0.0002, 16_000).astype(np.float32)
    voice = (0.01 * np.sin(np.arange(16_000) / 3)).astype(np.float32)
    chosen = argparse.Namespace(channel=None, file=Path("a.wav"))
    assert _channel(Sound((hum, voice), 8_000), chosen) == 1
    assert _channel(Sound((voice, voice * 10), 8_000), chosen) == 0
    assert _channel(Sound((hum, hum), 8_000), chosen) == 0
    assert _channel(Sound((hum[:5], voice[:5]), 8_000), chosen) == 0


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["nowhere.wav"], "no such file"),
        (["{folder}"], "is a folder; name a WAV file"),
        (["{text}"], "is no WAV file; convert it"),
        (["{flac}"], "of FLAC only recordings of this service are read, convert others: ffmpeg"),
        (["{text}", "--expects", "mood"], "is no kind; use one of: date"),
        (["{text}", "--script", "bok"], "there is no script 'bok'"),
        (["{text}", "--script", "book", "--expects", "card"], "book asks for no card; it asks for"),
    ],
)
def test_what_cannot_be_done_is_said_in_a_line(
    arguments: list[str], reason: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "notes.txt"
    text.write_text("not a sound at all, but long enough")
    flac = tmp_path / "song.flac"
    flac.write_bytes(b"fLaC" + bytes([0x80, 0, 0, 34]) + bytes(34))
    assert main(["listen", *(one.format(folder=tmp_path, text=text, flac=flac) for one in arguments)]) == 2
    out, err = capsys.readouterr()
    assert out == "" and reason in err and err.count("\n") == 1


def test_what_is_expected_comes_from_the_script_the_kind_or_both() -> None:
    assert expected("", "") is NOTHING_EXPECTED
    alone = expected("", "phone")
    assert alone.slots[0].kind == "phone" and alone.patience == "patient"
    assert expected("book", "").step == "service"
    both = expected("book", "phone")
    slot = both.slot(both.primary)
    assert slot is not None and slot.kind == "phone" and both.step != "listen"
    with pytest.raises(ConfigurationError):
        expected("book", "card")
