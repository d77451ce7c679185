"""Fits how long words take: `python -m tests.agent.tone.lengths measure FILE`, then `... fit FILE`.

The first lets the voices that are worked on say prose of this project and keeps how long each text took; some ten
minutes of CPU. The second finds by least squares how long each sound of English takes, from that how long each word of
the pronouncing dictionary takes, and from that what pairs of letters tell of it; words whose letters mislead are kept
whole. It writes agent/tone/lengths.txt, which `agent.tone.expected` reads.
"""

from __future__ import annotations

import argparse
import gzip
import json
import random
import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from agent.tone.cues import measure
from agent.tone.expected import FILE, FUNCTION_WORDS, letter_pairs, words_as_said
from agent.tone.sound import Sound
from calls.audio import AudioFrame
from tests.agent.tone.rendering import as_mulaw
from tests.agent.tone.sentences import PROMPTS, SENTENCES
from tests.agent.tone.speakers import speakers

PROJECT = Path(__file__).parents[3]
VOICES = ("heart", "flite-slt", "flite-kal", "flite-rms", "flite-awb", "espeak-us", "espeak-gb-f2")
TEXTS, PAUSE = 900, 4_800
WHOLE_WORDS, RAREST_PAIR, DICTIONARY_SHARE = 200, 25, 0.4
_STEADY = 30.0
"""pulls a pair that is rarely seen towards nothing"""
_VOWELS = frozenset("AIOQWYaeiouæɑɒɔəɛɜɪʊʌᵊᵻ")
_PROSE = re.compile(r"""["']([A-Z][A-Za-z ,'-]{18,110}[.?!])["']|["']([a-z][a-z '-]{20,90})["']""")
Vector = NDArray[np.float64]


def prose() -> list[str]:
    """Sentences out of the program and its scripts, none of them held back."""
    held = {*SENTENCES["held"], *PROMPTS.values()}
    found = set()
    for path in [*PROJECT.glob("*/**/*.py"), *PROJECT.glob("*/**/*.yaml")]:
        if ".venv" not in path.parts:
            found |= {a or b for a, b in _PROSE.findall(path.read_text("utf-8"))}
    return sorted(text for text in found - held if 4 <= len(text.split()) <= 18)


def measured() -> dict[str, dict[str, float]]:
    """By text and voice: how long it took, ms, without its pauses."""
    texts = random.Random(7).sample(prose(), TEXTS) + list(SENTENCES["worked"])
    found: dict[str, dict[str, float]] = {text: {} for text in texts}
    for speaker in speakers("worked"):
        for text in texts if speaker.name in VOICES else ():
            said, quiet = speaker.speak(text), np.zeros(PAUSE, np.float32)
            mulaw = as_mulaw(np.concatenate((quiet, said, quiet)))
            sound = Sound()
            sound.hear(AudioFrame(mulaw[: len(mulaw) // 160 * 160], 0.0))
            ends = (PAUSE / 8 - 60, PAUSE / 8 + len(said) / 8 + 60)
            found[text][speaker.name] = measure(sound.between(*ends), text).speech_ms
    return found


def pronounced(words: set[str]) -> dict[str, str]:
    """Phonemes: of these words by the offline voice, of a share of its dictionary as they stand there."""
    from hibari.g2p import G2P

    said_as: Callable[[str], Any] = G2P()
    sounds = {word: said_as(word) for word in sorted(words)}
    packed = files("hibari").joinpath("assets/lexicon_us_gold.json.gz").read_bytes()
    rng = random.Random(1)
    for word, said in json.loads(gzip.decompress(packed)).items():
        phonemes = said.get("DEFAULT") if isinstance(said, dict) else said
        if phonemes and re.fullmatch(r"[a-z']{1,16}", word) and rng.random() < DICTIONARY_SHARE:
            sounds.setdefault(word, phonemes)
    return {word: said if isinstance(said, str) else said[0] for word, said in sounds.items()}


def least_squares(rows: Vector, wanted: Vector, weights: Vector, steady: Vector) -> Vector:
    """With a pull towards zero."""
    found: Vector = np.linalg.solve(
        (rows * weights[:, None]).T @ rows + np.diag(steady), (rows * weights[:, None]).T @ wanted
    )
    return found


def by_sounds(took: Mapping[str, Mapping[str, float]], sounds: Mapping[str, str]) -> tuple[Vector, dict[str, float]]:
    """What every turn and every comma takes, and each word."""
    symbols = {symbol: place for place, symbol in enumerate(sorted({c for said in sounds.values() for c in said}))}

    def row(word: str) -> Vector:
        counted = np.zeros(len(symbols) + 4)
        for symbol in sounds[word]:
            counted[symbols[symbol]] += 1
        vowels, light = sum(symbol in _VOWELS for symbol in sounds[word]), word in FUNCTION_WORDS
        counted[-4:] = 1, light, vowels * light, max(0, vowels - 1) * (not light)
        return counted

    voices = sorted({voice for by in took.values() for voice in by})
    usual = {voice: np.mean([np.log(by[voice]) for by in took.values() if len(by) == len(voices)]) for voice in voices}
    middle = np.mean(list(usual.values()))
    texts = [text for text, by in took.items() if by and words_as_said(text)]
    rows = np.array([
        np.concatenate(([1, text.count(",")], np.sum([row(word) for word in words_as_said(text)], axis=0)))
        for text in texts
    ])  # fmt: skip
    wanted = np.array([
        np.exp(middle + np.mean([np.log(ms) - usual[voice] for voice, ms in took[text].items()])) for text in texts
    ])  # fmt: skip
    weights = 1 / wanted**2  # what counts is by what factor it is off
    found = least_squares(rows, wanted, weights, 1e-3 * (rows**2 * weights[:, None]).sum(axis=0) + 1e-12)
    return found[:2], {word: float(row(word) @ found[2:]) for word in sounds}


def lines_of(took: Mapping[str, Mapping[str, float]]) -> Iterator[str]:
    """The file."""
    seen = Counter(word for text in took for word in words_as_said(text))
    (turn, comma), words = by_sounds(took, pronounced(set(seen)))
    counted = Counter(pair for word in words for pair in letter_pairs(word))
    pairs = {pair: place for place, pair in enumerate(sorted(p for p, n in counted.items() if n >= RAREST_PAIR))}
    rows = np.zeros((len(words), len(pairs) + 2), np.float32)
    for place, word in enumerate(words):
        for pair in letter_pairs(word):
            if pair in pairs:
                rows[place, pairs[pair]] += 1
        rows[place, -2:] = 1, word in FUNCTION_WORDS
    wanted = np.array(list(words.values()))
    often = np.array([1 + 20 * seen[word] ** 0.5 for word in words])
    found = least_squares(rows, wanted, often, np.full(rows.shape[1], _STEADY))
    off = np.abs(wanted - rows @ found) * np.array(
        [seen[word] ** 0.5 * (len(word) > 1 and seen[word] > 1) for word in words]
    )
    names = list(words)
    yield "# How long words take, ms. Written by tests/agent/tone/lengths.py, read by agent/tone/expected.py."
    for name, ms in (("turn", turn), ("comma", comma), ("word", found[-2]), ("function", found[-1])):
        yield f"once {name} {ms:.1f}"
    yield from (f"pair {pair} {found[place]:.1f}" for pair, place in pairs.items())
    whole = sorted(np.argsort(-off)[:WHOLE_WORDS].tolist(), key=lambda place: names[place])
    yield from (f"whole {names[place]} {wanted[place]:.1f}" for place in whole)


def main() -> None:
    """The command."""
    parser = argparse.ArgumentParser(prog="python -m tests.agent.tone.lengths")
    parser.add_argument("step", choices=("measure", "fit"))
    parser.add_argument("file", type=Path)
    asked = parser.parse_args()
    if asked.step == "measure":
        asked.file.write_text(json.dumps(measured()), "utf-8")
    else:
        FILE.write_text("\n".join(lines_of(json.loads(asked.file.read_text("utf-8")))) + "\n", "utf-8")


if __name__ == "__main__":
    main()
