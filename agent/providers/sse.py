"""Server-sent events as models stream them (WHATWG HTML, 9.2.6), from bytes that may split anywhere."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

MOST_BYTES = 1_000_000
"""of one event; models' events are under 1 kB"""


class NotEvents(Exception):
    """What arrives is no stream of events: no UTF-8, or an event without an end."""


@dataclass(frozen=True, slots=True)
class ServerEvent:
    """One event: its name (empty when it has none) and its data lines, joined."""

    name: str
    data: str


class EventDecoder:
    """Bytes in, events out. Grammar: feed*."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._rest = b""
        self._most = most_bytes
        self._name = ""
        self._lines: list[str] = []
        self._held = 0

    def feed(self, chunk: bytes) -> Iterator[ServerEvent]:
        """The events completed by ``chunk``. Raises NotEvents."""
        buffer = self._rest + chunk
        # A lone CR at the end may be the first half of CR LF.
        whole = buffer[:-1] if buffer.endswith(b"\r") else buffer
        lines = whole.replace(b"\r\n", b"\n").replace(b"\r", b"\n").split(b"\n")
        self._rest = lines.pop() + buffer[len(whole) :]
        if len(self._rest) + self._held > self._most:
            raise NotEvents
        for line in lines:
            event = self._line(line)
            if event is not None:
                yield event

    def _line(self, line: bytes) -> ServerEvent | None:
        if not line:
            event = ServerEvent(self._name, "\n".join(self._lines)) if self._lines else None
            self._name, self._lines, self._held = "", [], 0
            return event
        try:
            field, _, value = line.decode("utf-8").partition(":")
        except UnicodeDecodeError:
            raise NotEvents from None
        value = value.removeprefix(" ")
        self._held += len(line)
        if self._held > self._most:
            raise NotEvents
        if field == "data":
            self._lines.append(value)
        elif field == "event":
            self._name = value
        return None
