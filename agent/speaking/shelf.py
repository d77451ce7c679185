"""Audio made beforehand, of texts known beforehand: the greeting and the prompts of the scripts."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass

from calls.ports import WordTime

MOST_BYTES = 16 << 20
"""35 minutes of mu-law"""


@dataclass(frozen=True, slots=True)
class Ready:
    """The whole audio of a text."""

    mulaw: bytes
    words: tuple[WordTime, ...]
    dropped: tuple[str, ...] = ()
    """what of its style the voice could not render"""


@dataclass(frozen=True, slots=True)
class ShelfKey:
    """What makes two renderings the same sound."""

    voice: str
    text: str
    style: str


class Shelf:
    """Least recently used goes first when ``most_bytes`` are exceeded. Only texts of ours, never a caller's."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._ready: OrderedDict[ShelfKey, Ready] = OrderedDict()
        self._bytes = 0

    @property
    def size(self) -> int:
        """Bytes of audio kept."""
        return self._bytes

    def take(self, key: ShelfKey) -> Ready | None:
        """The audio, which stays; None when it is not here."""
        ready = self._ready.get(key)
        if ready is not None:
            self._ready.move_to_end(key)
        return ready

    def put(self, key: ShelfKey, ready: Ready) -> None:
        """Keep; audio larger than the whole shelf is not kept."""
        old = self._ready.pop(key, None)
        self._bytes -= len(old.mulaw) if old else 0
        if len(ready.mulaw) > self._most_bytes:
            return
        self._ready[key] = ready
        self._bytes += len(ready.mulaw)
        while self._bytes > self._most_bytes:
            _, gone = self._ready.popitem(last=False)
            self._bytes -= len(gone.mulaw)
