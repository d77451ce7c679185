"""The server's side of Media Streams: what real captures show, what attackers send, what we may send."""

from __future__ import annotations

import base64
import gc
import json
import random
import tracemalloc

import pytest

from telephony.media_stream import (
    MAX_PAYLOAD_BYTES,
    MAX_TEXT_BYTES,
    Connected,
    Digit,
    Incoming,
    MarkReached,
    Media,
    MediaStream,
    OutgoingRefused,
    Started,
    Stopped,
    Trouble,
)
from tests.counts import count

SID = "MZ" + "1" * 32
CALL = "CA" + "2" * 32
FRAME = bytes(range(160))


def start(**changes: object) -> dict[str, object]:
    body = {
        "streamSid": SID,
        "accountSid": "AC" + "3" * 32,
        "callSid": CALL,
        "tracks": ["inbound"],
        "customParameters": {"token": "t-123"},
        "mediaFormat": {"encoding": "audio/x-mulaw", "sampleRate": 8000, "channels": 1},
    }
    return {"event": "start", "sequenceNumber": "1", "streamSid": SID, "start": body | changes}


def media(sequence: object = "2", **changes: object) -> dict[str, object]:
    payload = base64.b64encode(FRAME).decode()
    body = {"track": "inbound", "chunk": "1", "timestamp": "20", "payload": payload}
    return {"event": "media", "sequenceNumber": sequence, "streamSid": SID, "media": body | changes}


def other(event: str, sequence: str = "2", **body: object) -> dict[str, object]:
    return {"event": event, "sequenceNumber": sequence, "streamSid": SID, event: body}


STOP = other("stop", "9", accountSid="AC" + "3" * 32, callSid=CALL)


def feed(stream: MediaStream, *messages: dict[str, object]) -> list[Incoming]:
    return [event for message in messages for event in stream.receive_text(json.dumps(message))]


def running() -> MediaStream:
    stream = MediaStream()
    feed(stream, start())
    return stream


def assert_dropped(stream: MediaStream, text: str, reason: Trouble) -> None:
    before = stream.counts[reason]
    assert stream.receive_text(text) == []
    assert stream.counts[reason] == before + 1


def test_a_whole_stream() -> None:
    events = feed(
        MediaStream(),
        {"event": "connected", "protocol": "Call", "version": "1.0.0"},
        start(),
        media("2"),
        other("dtmf", "3", track="inbound_track", digit="#"),
        other("mark", "4", name="turn3:2"),
        other("stop", "5", callSid=CALL),
    )
    assert events == [
        Connected("Call", "1.0.0"),
        Started(CALL, SID, "AC" + "3" * 32, {"token": "t-123"}, "audio/x-mulaw", 8000),
        Media(FRAME, 20, 2, 1),
        Digit("#"),
        MarkReached("turn3:2"),
        Stopped(CALL),
    ]


def test_numbers_may_be_numbers_or_strings() -> None:
    stream = running()
    assert feed(stream, media(2, chunk=7, timestamp=1234.0)) == [Media(FRAME, 1234, 2, 7)]


def test_what_captures_leave_out() -> None:
    stream = MediaStream()
    bare = {"event": "start", "start": {"callSid": CALL, "streamSid": SID}}
    assert feed(stream, bare) == [Started(CALL, SID, "", {}, "audio/x-mulaw", 8000)]
    payload = base64.b64encode(FRAME).decode()
    first, second = feed(stream, *[{"event": "media", "media": {"payload": payload}}] * 2)
    assert (first, second) == (Media(FRAME, 0, 0, 0), Media(FRAME, 20, 0, 0))
    assert stream.counts.as_dict() == {}


def test_unknown_fields_are_no_trouble() -> None:
    stream = running()
    assert len(feed(stream, media() | {"futureField": {"deep": [1]}})) == 1
    assert stream.counts.dropped == 0


@pytest.mark.parametrize("payload", [FRAME, b"\x7f", bytes(range(256)) * 40])
@pytest.mark.parametrize("separators", [(",", ":"), (", ", ": ")])
def test_a_frame_reads_the_same_in_any_order(payload: bytes, separators: tuple[str, str]) -> None:
    usual = {
        "event": "media",
        "sequenceNumber": "9",
        "media": {
            "track": "inbound", "chunk": "8", "timestamp": "160", "payload": base64.b64encode(payload).decode()
        },
        "streamSid": SID,
    }  # fmt: skip
    turned = dict(reversed(usual.items()))
    read = [running().receive_text(json.dumps(message, separators=separators)) for message in (usual, turned)]
    assert read == [[Media(payload, 160, 9, 8)]] * 2


@pytest.mark.parametrize(
    ("changed", "reason"),
    [
        ({"streamSid": "MZ" + "9" * 32}, Trouble.FOREIGN_STREAM),
        ({"payload": "AAA"}, Trouble.BAD_BASE64),
        ({"payload": "A===", "chunk": "1"}, Trouble.BAD_BASE64),
        ({"payload": base64.b64encode(bytes(16_001)).decode()}, Trouble.BAD_LENGTH),
        ({"timestamp": "-1"}, Trouble.BAD_FIELD),
        ({"timestamp": "9" * 16 + "9"}, Trouble.BAD_FIELD),
        ({"track": "outbound"}, Trouble.OTHER_TRACK),
    ],
)
def test_the_usual_order_is_no_way_past_the_checks(changed: dict[str, str], reason: Trouble) -> None:
    body = {"track": "inbound", "chunk": "8", "timestamp": "160", "payload": base64.b64encode(FRAME).decode()}
    body |= {key: value for key, value in changed.items() if key != "streamSid"}
    message = {"event": "media", "sequenceNumber": "2", "media": body, "streamSid": changed.get("streamSid", SID)}
    assert_dropped(running(), json.dumps(message), reason)
    assert_dropped(MediaStream(), json.dumps(message), Trouble.BEFORE_START)


def test_gaps_and_disorder_are_counted_and_delivered() -> None:
    stream = running()
    assert len(feed(stream, media("2"), media("6"), media("4"), media("7"))) == 4
    assert stream.counts[Trouble.MISSING] == 3
    assert stream.counts[Trouble.OUT_OF_ORDER] == 1
    assert stream.counts.dropped == 0


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", Trouble.NOT_JSON),
        ("{", Trouble.NOT_JSON),
        ("[]", Trouble.NOT_AN_OBJECT),
        ("null", Trouble.NOT_AN_OBJECT),
        ('{"event":"media","x":' + "9" * 5000 + "}", Trouble.NOT_JSON),
        ('{"event":"flower"}', Trouble.UNKNOWN_EVENT),
        ('{"event":["media"]}', Trouble.UNKNOWN_EVENT),
        ("{}", Trouble.UNKNOWN_EVENT),
        ("[" * 60_000, Trouble.TOO_DEEP),
        ('{"a":' * 9 + "1" + "}" * 9, Trouble.TOO_DEEP),
        ('{"\\"' + "[" * 20, Trouble.NOT_JSON),
        ('"' + '\\"' * 30_000 + "[" * 9, Trouble.NOT_JSON),
        (" " * (MAX_TEXT_BYTES + 1), Trouble.TOO_LONG),
        ("ä" * (MAX_TEXT_BYTES // 2 + 1), Trouble.TOO_LONG),
    ],
)
def test_unreadable_text_is_counted(text: str, reason: Trouble) -> None:
    assert_dropped(running(), text, reason)


@pytest.mark.parametrize(
    ("message", "reason"),
    [
        (media(payload="%%%"), Trouble.BAD_BASE64),
        (media(payload="//8"), Trouble.BAD_BASE64),
        (media(payload="ünïcode"), Trouble.BAD_BASE64),
        (media(payload=""), Trouble.BAD_LENGTH),
        (media(payload=base64.b64encode(bytes(MAX_PAYLOAD_BYTES + 1)).decode()), Trouble.BAD_LENGTH),
        (media(payload=7), Trouble.BAD_FIELD),
        (media(timestamp="-1"), Trouble.BAD_FIELD),
        (media(timestamp="²"), Trouble.BAD_FIELD),
        (media(timestamp=True), Trouble.BAD_FIELD),
        (media(timestamp=1e300), Trouble.BAD_FIELD),
        (media(timestamp=float("inf")), Trouble.BAD_FIELD),
        (media(2**60), Trouble.BAD_FIELD),
        (media(track="outbound"), Trouble.OTHER_TRACK),
        (media() | {"streamSid": "MZ" + "9" * 32}, Trouble.FOREIGN_STREAM),
        (media() | {"media": [1]}, Trouble.BAD_FIELD),
        (other("dtmf", digit="12"), Trouble.BAD_FIELD),
        (other("dtmf", digit="x"), Trouble.BAD_FIELD),
        (other("dtmf", digit=""), Trouble.BAD_FIELD),
        (other("mark", name=""), Trouble.BAD_FIELD),
        (other("mark", name="\ud800"), Trouble.BAD_FIELD),
        (other("mark", name="a\x00b"), Trouble.BAD_FIELD),
        (other("mark", name="n" * 1000), Trouble.BAD_FIELD),
        (start(), Trouble.SECOND_START),
    ],
)
def test_bad_fields_are_counted(message: dict[str, object], reason: Trouble) -> None:
    assert_dropped(running(), json.dumps(message), reason)


@pytest.mark.parametrize(
    "changes",
    [
        {"callSid": None},
        {"callSid": "CA'; drop table calls"},
        {"accountSid": 5},
        {"customParameters": {"token": 5}},
        {"customParameters": ["token"]},
        {"customParameters": {"token": "\udfff"}},
        {"customParameters": {f"p{n}": "" for n in range(100)}},
        {"mediaFormat": {"sampleRate": "fast"}},
        {"mediaFormat": {"encoding": 1}},
    ],
)
def test_a_bad_start_starts_nothing(changes: dict[str, object]) -> None:
    stream = MediaStream()
    assert_dropped(stream, json.dumps(start(**changes)), Trouble.BAD_FIELD)
    assert not stream.open
    assert len(feed(stream, start())) == 1


def test_nothing_before_start_and_nothing_after_stop() -> None:
    stream = MediaStream()
    assert_dropped(stream, json.dumps(media()), Trouble.BEFORE_START)
    feed(stream, start(), STOP)
    assert_dropped(stream, json.dumps(media()), Trouble.AFTER_STOP)
    assert_dropped(stream, json.dumps(start()), Trouble.AFTER_STOP)


def test_binary_frames_are_counted() -> None:
    stream = running()
    assert stream.receive_binary(b"\x00" * 160) == []
    assert stream.receive_binary(bytes(MAX_TEXT_BYTES + 1)) == []
    assert stream.counts.as_dict() == {"binary": 1, "too_long": 1}


def test_another_encoding_is_reported_not_guessed() -> None:
    shape = {"encoding": "audio/x-alaw", "sampleRate": 16000}
    (started,) = feed(MediaStream(), start(mediaFormat=shape))
    assert isinstance(started, Started)
    assert (started.encoding, started.rate) == ("audio/x-alaw", 16000)


def test_sending() -> None:
    stream = running()
    assert json.loads(stream.send_media(FRAME)) == {
        "event": "media",
        "streamSid": SID,
        "media": {"payload": base64.b64encode(FRAME).decode()},
    }
    assert json.loads(stream.send_mark('a"b')) == {"event": "mark", "streamSid": SID, "mark": {"name": 'a"b'}}
    assert json.loads(stream.send_clear()) == {"event": "clear", "streamSid": SID}


def test_our_own_mistakes_are_refused() -> None:
    stream = running()
    for send in (
        lambda: stream.send_media(b""),
        lambda: stream.send_media(bytes(MAX_PAYLOAD_BYTES + 1)),
        lambda: stream.send_mark(""),
        lambda: stream.send_mark("a\nb"),
        lambda: stream.send_mark("m" * 257),
    ):
        with pytest.raises(OutgoingRefused):
            send()


def test_sending_only_while_open() -> None:
    with pytest.raises(OutgoingRefused, match="has not started"):
        MediaStream().send_clear()
    stream = running()
    feed(stream, STOP)
    with pytest.raises(OutgoingRefused, match="has stopped"):
        stream.send_media(FRAME)


# --- mutated frames ---------------------------------------------------------------------------------

_ODDITIES: list[object] = [
    None, True, False, -1, 0, 2**63, 10**400, 1e308, float("nan"), float("inf"), "", "\x00", "\ud800", "ä" * 300,
    "9" * 5000, [], {}, [[[[[[[[[[1]]]]]]]]]], {"a": {"b": {"c": {}}}}, "media", "start", "=", "A" * 70_000,
]  # fmt: skip


def mutate(message: dict[str, object], chance: random.Random) -> str:
    """One of: other values, missing keys, cut, flipped, nested, doubled, replaced."""
    kind = chance.randrange(8)
    if kind < 3:
        message = json.loads(json.dumps(message))
        place: dict[str, object] = message
        while (below := [v for v in place.values() if isinstance(v, dict) and v]) and chance.random() < 0.7:
            place = chance.choice(below)
        key = chance.choice(list(place))
        if kind == 0:
            del place[key]
        elif kind == 1:
            place[key] = chance.choice(_ODDITIES)
        else:
            place[chance.choice(["event", "media", "start", "\ud800", "x" * 400])] = chance.choice(_ODDITIES)
        return json.dumps(message)
    text = json.dumps(message)
    if kind == 3:
        return text[: chance.randrange(len(text))]
    if kind == 4:
        letters = list(text)
        for _ in range(chance.randrange(1, 6)):
            at = chance.randrange(len(letters))
            letters[at] = chr(ord(letters[at]) ^ 1 << chance.randrange(17))
        return "".join(letters)
    if kind == 5:
        depth = chance.choice([7, 8, 9, 100, 30_000])
        return chance.choice(['{"event":', "[", '{"start":{"a":[']) * depth + text
    if kind == 6:
        return text + chance.choice([text, "}", "\x00", ",", "]" * 1000])
    return "".join(chr(chance.randrange(1, 0x11000)) for _ in range(chance.randrange(200)))


def test_mutated_frames_neither_raise_nor_grow() -> None:
    chance = random.Random(20261)
    templates = [start(), media(), other("dtmf", digit="1"), other("mark", name="m"), STOP]
    stream, read = running(), 0
    total = count(full=100_000, quick=10_000)
    tracemalloc.start()
    try:
        for n in range(total):
            if n == total // 10:  # caches are warm
                gc.collect()
                before = tracemalloc.get_traced_memory()[0]
            if not stream.open:  # a mutated stop may still be one; keep its counts, start anew
                stream = MediaStream(counts=stream.counts)
                feed(stream, start())
            read += len(stream.receive_text(mutate(chance.choice(templates), chance)))
        gc.collect()
        growth = tracemalloc.get_traced_memory()[0] - before
    finally:
        tracemalloc.stop()
    assert growth < 64 * 1024
    assert 0 < read < total
    assert stream.counts.dropped > total // 2
    assert set(stream.counts.as_dict()) <= {str(reason) for reason in Trouble}
