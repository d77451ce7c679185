"""Every place a call leaves something, looked through for its card."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Iterator, Sequence
from itertools import groupby

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine, create_async_engine

from records.call_index import project
from records.store import insert_events
from records.tables import stream_owners
from telephony.g711 import linear_to_ulaw
from tests.scenes.stage import EPOCH
from tests.secrecy.calling import Evening, Left
from tests.secrecy.scanning import Leak, Wanted, in_audio, in_bytes, in_text, in_value

_VALUE = re.compile(r'value="[^"]*"')
"""a token of ours, signed: chance in base64"""

DIGEST = 32
"""bytes"""
HEADER = 44
"""bytes of a WAV file before its samples"""


def in_evening(evening: Evening) -> Iterator[Leak]:
    """Leaks in the records, the logs, the traces, the model's requests, the hearing streams and the recordings."""
    for left in evening.calls:
        own = Wanted([left.planted])
        for envelope in left.log:
            yield from in_bytes(f"event {envelope.name}", envelope.body, own)
        yield from in_recordings(left, own)
        if left.planted.mode != "aloud":
            yield from in_audio("hearing", left.heard, own)
    everybody = Wanted([left.planted for left in evening.calls])
    yield from in_requests(evening)
    for where, texts in (("log", evening.logs), ("twiml", [_VALUE.sub("", one) for one in evening.twiml])):
        for one in texts:
            yield from in_text(where, one, everybody)
    for span in evening.spans:
        yield from in_value("span", json.loads(span), everybody)


def in_requests(evening: Evening) -> Iterator[Leak]:
    """Leaks in what a model was sent. Digits that stand in other calls' requests too stand there for everybody: the
    rules, the date; a card stands in its own call's alone."""
    everybody = Wanted([left.planted for left in evening.calls])
    found = [
        {leak for one in left.model_requests for leak in in_text("model request", one, everybody)}
        for left in evening.calls
    ]
    for place, left in enumerate(evening.calls):
        own = {leak for leak in found[place] if left.planted.holds(leak.run)}
        yield from own.difference(*found[:place], *found[place + 1 :])


def in_recordings(left: Left, own: Wanted) -> Iterator[Leak]:
    """Leaks in what was recorded of a call, on either channel."""
    for path in left.recordings:
        frames = path.read_bytes()[HEADER:]
        for channel, where in ((0, "recording caller"), (1, "recording agent")):
            yield from in_audio(where, linear_to_ulaw(_channel(frames, channel)), own)


def _channel(frames: bytes, number: int) -> bytes:
    out = bytearray(len(frames) // 2)
    out[0::2], out[1::2] = frames[2 * number :: 4], frames[2 * number + 1 :: 4]
    return bytes(out)


def digits_heard_aloud(evening: Evening) -> list[int]:
    """Of each card said aloud: how many of its digits reached hearing before it was shut."""
    from agent.scripted import scripted_words

    counts = []
    for left in evening.calls:
        if left.planted.mode == "aloud":
            heard = scripted_words(left.heard).split()
            said = left.planted.said.split()
            digits = [word for word in heard[: len(said)] if word in said and (word in _DIGITS or word.isdigit())]
            counts.append(sum(len(word) if word.isdigit() else 1 for word in digits))
    return counts


_DIGITS = frozenset("zero one two three four five six seven eight nine".split())  # noqa: SIM905


# --- the database -------------------------------------------------------------------------------


def in_database(url: str, calls: Sequence[Left]) -> list[Leak]:
    """Leaks in any table of a database into which these calls are written as ``serve`` writes them."""
    return asyncio.run(_in_database(url, calls))


async def _in_database(url: str, calls: Sequence[Left]) -> list[Leak]:
    engine = create_async_engine(url)
    try:
        for left in calls:
            await _store(engine, left)
        leaks: list[Leak] = []
        everybody = Wanted([left.planted for left in calls])
        async with engine.connect() as connection:
            query = "select table_name from information_schema.tables where table_schema = 'public'"
            for table in (await connection.execute(text(query))).scalars().all():
                rows = (await connection.execute(text(f'select * from "{table}"'))).mappings().all()
                for row in rows:
                    leaks += in_row(str(table), dict(row), everybody)
        return leaks
    finally:
        await engine.dispose()


def in_row(table: str, row: dict[str, object], everybody: Wanted) -> list[Leak]:
    """Leaks in one row of a table."""
    found: list[Leak] = []
    for column, value in row.items():
        where = f"table {table}.{column}"
        if isinstance(value, bytes | memoryview):
            data = bytes(value)
            # A digest is no text.
            found += [] if len(data) == DIGEST and not data.isascii() else in_bytes(where, data, everybody)
        elif isinstance(value, str) and value[:1] in ("{", "["):
            found += in_bytes(where, value.encode(), everybody)
        else:
            found += in_value(where, value, everybody, column)
    return found


async def _store(engine: AsyncEngine, left: Left) -> None:
    stream = left.log[0].stream
    owner = {"stream": stream, "tenant": "main", "epoch": 0, "worker": "w", "claimed_at": EPOCH}
    async with engine.begin() as connection:
        await connection.execute(stream_owners.insert(), {**owner, "expires_at": EPOCH})
        for epoch, envelopes in groupby(left.log, lambda envelope: envelope.epoch):
            claimed = stream_owners.update().where(stream_owners.c.stream == stream).values(epoch=epoch)
            await connection.execute(claimed)
            await insert_events(connection, list(envelopes))
        await project(connection, left.log)
