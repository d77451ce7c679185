"""Looking for planted cards in everything a call left behind: text, bytes, audio. One pass, however many cards."""

from __future__ import annotations

import base64
import binascii
import json
import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from agent.scripted import scripted_words
from tests.secrecy.planting import WINDOW, Planted
from tests.secrecy.spoken_digits import from_words
from tests.secrecy.tones import keys_heard

BACKWARDS = 8
"""digits of a run that is looked for from its end: four would be found by chance"""
IN_DIGESTS = 10
"""the same of a run in a digest"""
_DIGEST = re.compile(r"[0-9a-f]{32,}|\b0x[0-9a-f]{16}\b")
_MOMENT = re.compile(r"(?:19|20)\d\d-[01]\d-[0-3]\d[T ][0-2]\d:[0-5]\d(:\d\d(\.\d+)?)?([+-]\d\d(:?\d\d)?|Z)?")
_RUN = re.compile(r"[0-9](?:[ \-./_,;|*+\n]{0,3}[0-9])+")
_DIGITS = re.compile(r"[0-9]{4,}")
_BASE64 = re.compile(r"[A-Za-z0-9+/_-]{8,}={0,2}")
_NO_DIGIT = re.compile(r"[^0-9]+")
_SHORT = re.compile(r"[0-9]{1,4}")
_HEX_DIGIT = re.compile(r"3([0-9])")
_HEX = re.compile(r"[0-9a-fA-F]{14,}")
_HEX_DIGITS = re.compile(r"(?:(?:%|0x|\\x|\\u00|&#x)?3[0-9][; ,]{0,2}){4,}")
"""digits by their bytes: 3432, %34%32, 0x34, \\x34, &#x34;"""
_CODES = re.compile(r"(?:(?:&#)?(?:4[89]|5[0-7])(?:[;, ]{1,2}|\b)){4,}")
"""the same as a list of numbers: 52, 50, &#52;"""
_PRINTABLE = re.compile(rb"[ -~]{7,}")
_MADE_UP = {
    "service.instance.id": re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}"),
    "telemetry.sdk.version": re.compile(r"\d{1,2}\.\d{1,2}\.\d{1,2}"),
    "number": re.compile(r"[A-Z]\d{4}"),
}
"""What is made of chance, by its key: the name of this process, a package's version, the number of a message."""
_CLOCKS = re.compile(r"(_ms|^at$|_at$|_time|seconds|bytes|^frames$|^seq$|^epoch$|leaf|prev|digest|version|_id$)")
"""keys whose numbers are times, sizes and digests"""


@dataclass(frozen=True, slots=True)
class Leak:
    """A run of a planted card, and where it was found."""

    where: str
    run: str
    encoding: str


class Wanted:
    """The runs of any number of cards."""

    def __init__(self, everybody: Sequence[Planted]) -> None:
        self._runs = frozenset(run for planted in everybody for run in planted.windows)
        numbers = [planted.number for planted in everybody]
        self._backwards = frozenset().union(*(_windows(number[::-1], BACKWARDS) for number in numbers))
        self._long = frozenset().union(*(_windows(number, IN_DIGESTS) for number in numbers))

    def among(self, texts: Iterable[str]) -> list[str]:
        """Those that stand in one of the texts."""
        found: set[str] = set()
        for text in texts:
            for match in _DIGITS.finditer(text):
                digits = match.group()
                found.update(_windows(digits, WINDOW) & self._runs)
                if len(digits) >= BACKWARDS:
                    found.update(run[::-1] for run in _windows(digits, BACKWARDS) & self._backwards)
        return sorted(found)

    def in_digests(self, text: str) -> list[str]:
        """Those that stand in what looks like a digest, and are too long to stand there by chance."""
        found: set[str] = set()
        for match in _DIGEST.finditer(text):
            found.update(_windows(match.group(), IN_DIGESTS) & self._long)
        return sorted(found)


def _windows(digits: str, length: int) -> set[str]:
    return {digits[at : at + length] for at in range(len(digits) - length + 1)}


def in_text(where: str, text: str, wanted: Wanted) -> list[Leak]:
    """Leaks in a text: as digits, parted in any way, as words, in base64, by their bytes, and backwards."""
    if not text.isascii():
        text = "".join(str(unicodedata.digit(one)) if one.isdigit() else one for one in text)
    found = _in_plain(where, _MOMENT.sub(" ", _DIGEST.sub(" ", text)), wanted)
    found += [Leak(where, run, "digits") for run in wanted.in_digests(text)]
    found += [Leak(where, run, "bytes") for run in wanted.among(_from_bytes(text))]
    decoded = [each for match in _BASE64.finditer(text) for each in _decoded(match.group())]
    decoded += [bytes.fromhex(each) for match in _HEX.finditer(text) for each in _whole_bytes(match.group())]
    found += [Leak(where, run, "encoded") for run in wanted.among(each.decode("latin-1") for each in decoded)]
    for each in decoded:
        for stretch in _PRINTABLE.findall(each):
            found += [Leak(where, leak.run, "encoded") for leak in _in_plain(where, stretch.decode(), wanted)]
    return list(dict.fromkeys(found))


def _in_plain(where: str, text: str, wanted: Wanted) -> list[Leak]:
    found = [Leak(where, run, "digits") for run in wanted.among(map(_only_digits, _RUN.findall(text)))]
    return found + [Leak(where, run, "words") for run in wanted.among(from_words(text))]


def _only_digits(text: str) -> str:
    return _NO_DIGIT.sub("", text)


def _from_bytes(text: str) -> Iterator[str]:
    """Digits that are written as the bytes of a text: 52 is a four."""
    for match in _HEX_DIGITS.finditer(text):
        yield "".join(_HEX_DIGIT.findall(match.group()))
    for match in _CODES.finditer(text):
        yield "".join(chr(int(code)) for code in re.findall(r"\d\d", match.group()))


def _decoded(text: str) -> Iterator[bytes]:
    """Base64, wherever in a stretch of letters it begins."""
    for shift in range(4):
        cut = text[shift:].rstrip("=")
        try:
            yield base64.b64decode(cut[: len(cut) - len(cut) % 4], altchars=b"-_" if "-" in cut or "_" in cut else None)
        except (binascii.Error, ValueError):
            continue


def _whole_bytes(text: str) -> Iterator[str]:
    """Hexadecimal, from either half of its first byte."""
    for cut in (text, text[1:]):
        yield cut[: len(cut) - len(cut) % 2]


def in_value(where: str, value: Any, wanted: Wanted, key: str = "") -> list[Leak]:
    """Leaks in a JSON value, names and all. Numbers of clocks and sizes are none: they are as long as the call makes
    them."""
    if isinstance(value, dict):
        found = [leak for name in value for leak in in_text(f"{where} key", str(name), wanted)]
        return found + [leak for name, item in value.items() for leak in in_value(where, item, wanted, str(name))]
    if isinstance(value, list | tuple):
        found = [leak for item in value for leak in in_value(where, item, wanted, key)]
        parts = "".join(str(item) if _SHORT.fullmatch(str(item)) else " " for item in value)
        return found + [Leak(f"{where} {key}", run, "list") for run in wanted.among([parts])]
    if isinstance(value, str):
        clock = _CLOCKS.search(key) and _MOMENT.fullmatch(value)
        made_up = key in _MADE_UP and _MADE_UP[key].fullmatch(value)
        return [] if clock or made_up else in_text(f"{where} {key}", value, wanted)
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        return []
    # A number with as many digits as no time has, or any number where no time is expected.
    digits = _only_digits(str(value))
    runs = wanted.among([digits])
    return [] if not runs or (_CLOCKS.search(key) and len(digits) < 10) else [Leak(f"{where} {key}", runs[0], "number")]


def in_bytes(where: str, data: bytes, wanted: Wanted) -> list[Leak]:
    """Leaks in bytes: JSON when it is JSON, else as text."""
    try:
        return in_value(where, json.loads(data), wanted)
    except (ValueError, UnicodeDecodeError):
        return in_text(where, data.decode("latin-1"), wanted)


def in_audio(where: str, mulaw: bytes, wanted: Wanted) -> list[Leak]:
    """Leaks in sound: keys as tones, and words as the scripted voices say them."""
    found = [Leak(where, run, "tones") for run in wanted.among([keys_heard(mulaw)])]
    return found + in_text(f"{where} words", scripted_words(mulaw), wanted)
