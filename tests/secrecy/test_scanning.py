"""What the search claims to find it finds: one card, planted by hand in every encoding and in every place."""

from __future__ import annotations

import base64
import json
from decimal import Decimal
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from agent.scripted import scripted_speech
from telephony.g711 import linear_to_ulaw, ulaw_to_linear
from telephony.tones import key_tones
from tests.secrecy.calling import Evening, Left
from tests.secrecy.looking import HEADER, in_evening, in_recordings, in_requests, in_row
from tests.secrecy.planting import Planted, party
from tests.secrecy.scanning import Wanted, in_audio, in_bytes, in_text, in_value
from tests.secrecy.tones import keys_heard

CARD = Planted(0, "aloud", "4539148803436467", "0931", "7206")
WANTED = Wanted([Planted(1, "aloud", "5105105105105100", "0128", "123"), CARD])
NUMBER, PART = CARD.number, CARD.number[2:8]
NAMES = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
WORDS = [NAMES[int(digit)] for digit in NUMBER]
ARABIC = "".join(chr(0x660 + int(digit)) for digit in NUMBER)
WIDE = "".join(chr(0xFF10 + int(digit)) for digit in NUMBER)

TEXTS = {
    "digits": f"it was {NUMBER}.",
    "four of them": "id 1488 and no more",
    "in longer digits": f"99{PART}99",
    "the code": "7206",
    "the expiry": "09/31",
    "by fours": "4539 1488 0343 6467",
    "by dashes": "4539-1488-0343-6467",
    "by dots": "4.5.3.9.1.4.8.8",
    "by commas": ", ".join(NUMBER),
    "by lines": "\n".join(NUMBER),
    "over two groups": "x39-14x",
    "words": " ".join(WORDS),
    "words, as recognizers part them": ", ".join(word.capitalize() for word in WORDS) + ".",
    "words and dashes": "-".join(WORDS),
    "words and fillers": " uh um and then so okay ".join(WORDS),
    "words and digits": "four 5 three nine 1 four",
    "double": "four five three nine one four double eight oh three",
    "by twos": "forty five thirty nine fourteen eighty eight",
    "homophones": "for five three nine won for ate ate",
    "oh": "eight eight o three four",
    "base64": base64.b64encode(NUMBER.encode()).decode(),
    "base64, one on": base64.b64encode(b"a" + NUMBER.encode()).decode(),
    "base64, two on": base64.b64encode(b"ab" + NUMBER.encode()).decode(),
    "base64 without its end": base64.b64encode(NUMBER.encode()).decode().rstrip("=")[:-1],
    "base64 for addresses": base64.urlsafe_b64encode(b"\xff\xfe?" + NUMBER.encode() + b"\xfb\xff").decode(),
    "base64 in a word": "tok_" + base64.b64encode(NUMBER.encode()).decode(),
    "base64 of a sentence": base64.b64encode(" ".join(WORDS).encode()).decode(),
    "base64 of groups": base64.b64encode(b"4539 1488 0343 6467").decode(),
    "hexadecimal": NUMBER.encode().hex(),
    "hexadecimal of a sentence": f"0x{' '.join(WORDS).encode().hex()}",
    "hexadecimal of groups": b"4539 1488 0343 6467".hex(),
    "capital hexadecimal in a word": f"K_{NUMBER.encode().hex().upper()}_",
    "hexadecimal, a half byte on": f"a{PART.encode().hex()}b",
    "for addresses": "".join(f"%{ord(digit):x}" for digit in NUMBER),
    "escaped": "".join(f"\\x{ord(digit):x}" for digit in NUMBER),
    "escaped as JSON": "".join(f"\\u00{ord(digit):x}" for digit in NUMBER),
    "as entities": "".join(f"&#{ord(digit)};" for digit in NUMBER),
    "as a list of bytes": str(list(NUMBER.encode())),
    "bytes as Python writes them": repr(NUMBER.encode()),
    "backwards": NUMBER[::-1],
    "in a digest": "ab" * 12 + NUMBER + "cd" * 6,
    "twice, as long as a digest": NUMBER * 2,
    "beside a moment": f"2026-03-16T14:00:00Z{PART}",
    "as if a moment": "4539-14-88 03:43",
    "wide digits": WIDE,
    "Arabic digits": ARABIC,
}


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_with_it_is_found(name: str) -> None:
    runs = {leak.run for leak in in_text("here", TEXTS[name], WANTED)}
    assert runs
    assert all(CARD.holds(run) for run in runs)


@pytest.mark.parametrize(
    "text",
    ["the card ending in 6467", "2026-03-16T14:00:00.123Z", "one four triple nine", "2125550192", "453", "a" * 64,
     "seven two zero", "4 men, 5 boys and 39 girls", "09:31", "Harbor Dental, an automated assistant."],
)  # fmt: skip
def test_what_is_none_of_it_is_not(text: str) -> None:
    assert in_text("here", text, WANTED) == []


VALUES: dict[str, Any] = {
    "text": {"a": [{"b": f"x {PART}"}]},
    "name of a value": {f"card {NUMBER}": 1},
    "number": {"amount": int(NUMBER)},
    "part of a number": {"amount": int(PART)},
    "broken number": {"amount": float(f"{PART}.5")},
    "decimal": {"amount": Decimal(NUMBER)},
    "long number of a clock": {"at_ms": int(NUMBER)},
    "list of digits": {"keys": list(NUMBER)},
    "list of numbers": {"keys": [int(digit) for digit in NUMBER]},
    "list of groups": [4539, 1488],
    "moment that is none": {"written_at": NUMBER},
    "long count": {"frames": int(NUMBER)},
}


@pytest.mark.parametrize("name", VALUES)
def test_a_value_with_it_is_found(name: str) -> None:
    assert in_value("here", VALUES[name], WANTED)
    if name != "decimal":
        assert in_bytes("here", json.dumps(VALUES[name]).encode(), WANTED)


@pytest.mark.parametrize(
    "row",
    [
        {"note": f"it is {PART}"}, {"body": json.dumps({"text": PART}).encode()}, {"body": NUMBER.encode() * 2},
        {"amount": int(NUMBER)}, {"amount": Decimal(NUMBER)}, {"facts": {"card": NUMBER}}, {"facts": f'["{PART}"]'},
        {"sound": b"\x00\xff" + NUMBER.encode()},
    ],
)  # fmt: skip
def test_a_column_with_it_is_found(row: dict[str, object]) -> None:
    assert in_row("calls", row, WANTED)


def keyed(digits: str, db: float = 0.0) -> bytes:
    """The tones of keys, 100 ms each and 100 ms apart, so much quieter than a telephone's; mu-law."""
    sound = b"".join(key_tones(digit)[:800].ljust(800, b"\xff") + b"\xff" * 800 for digit in digits)
    samples = np.frombuffer(ulaw_to_linear(sound), dtype="<i2") * 10 ** (db / 20)
    return linear_to_ulaw(samples.astype("<i2").tobytes())


@pytest.mark.parametrize("db", [0.0, -12.0, -24.0, -30.0])
def test_keys_are_heard(db: float) -> None:
    assert keys_heard(keyed(NUMBER, db)) == NUMBER
    speech = scripted_speech("I wonder whether the weather will hold")
    for sound in (keyed(NUMBER, db), speech + keyed(PART, db) + speech, b"\xff" * 12_345 + keyed("1488", db)[:-400]):
        assert [leak.encoding for leak in in_audio("here", sound, WANTED)].count("tones")


def test_words_are_heard() -> None:
    said = scripted_speech("well it is " + " ".join(WORDS[:5]) + " and so on")
    assert any(leak.encoding == "words" for leak in in_audio("here", said, WANTED))
    assert in_audio("here", scripted_speech("well I do not know it by heart"), WANTED) == []


def test_both_channels_of_a_recording_are_listened_to(tmp_path: Path) -> None:
    sound = np.frombuffer(ulaw_to_linear(keyed(PART)), dtype="<i2")
    for place, where in ((0, "recording caller"), (1, "recording agent")):
        both = np.zeros((len(sound), 2), dtype="<i2")
        both[:, place] = sound
        path = tmp_path / f"{place}.wav"
        path.write_bytes(b"RIFF".ljust(HEADER, b"\0") + both.tobytes())
        left = Left(CARD, [], "", b"", [path], [])
        assert {leak.where for leak in in_recordings(left, WANTED)} == {where}


def test_a_model_request_of_its_own_is_told_from_what_everybody_has() -> None:
    def left(*requests: str) -> Left:
        return Left(CARD, [], "", b"", [], list(requests))

    rules = "call 1488 when in doubt"
    assert list(in_requests(Evening([left(rules), left(rules)], [], [], []))) == []
    assert {leak.run for leak in in_requests(Evening([left(rules, "it is 0343"), left(rules)], [], [], []))} == {"0343"}


@pytest.mark.parametrize("where", ["log", "twiml", "span"])
def test_logs_answers_and_spans_are_read_for_everybody(where: str) -> None:
    calls = [Left(CARD, [], "", b"", [], [])]
    said = [f"it is {PART}"]
    evening = Evening(
        calls,
        said if where == "log" else [],
        [json.dumps({"attributes": {"words": said[0]}})] if where == "span" else [],
        [f"<Say>{said[0]}</Say>"] if where == "twiml" else [],
    )
    assert {leak.where.split()[0] for leak in in_evening(evening)} == {where}


@pytest.mark.parametrize(
    ("key", "chance"),
    [
        ("service.instance.id", f"0ab1{PART[:4]}-1488-4034-8880-43643646ab7c"),
        ("telemetry.sdk.version", "1.48.8"),
        ("number", "H1488"),
    ],
)
def test_what_is_made_of_chance_is_no_card_and_hides_none(key: str, chance: str) -> None:
    assert in_value("here", {key: chance}, WANTED) == []
    assert in_value("here", {"another": chance}, WANTED)
    assert in_value("here", {key: f"{chance} {PART}"}, WANTED)


def test_callers_of_one_evening_are_told_apart() -> None:
    for first in range(0, 400, 20):
        callers = party(range(first, first + 20))
        ends = {one.number[-4:] for one in callers}
        assert [one for one in callers if ends & one.windows] == []
        assert [one.seed for one in callers] == [*range(first, first + 20)]
