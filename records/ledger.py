"""What the writer knows of the streams it writes: how far they got, and who waits for them."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from calls.chain import Envelope
from calls.errors import RecordError
from records.commit import Key


@dataclass(slots=True)
class _Ownership:
    queued: int = 0
    written: int = 0
    refusal: RecordError | None = None
    waiting: list[tuple[int, asyncio.Future[None]]] = field(default_factory=list)

    def wake(self) -> None:
        still = []
        for seq, future in self.waiting:
            if future.done():
                continue
            if self.refusal is not None:
                future.set_exception(self.refusal)
            elif seq <= self.written:
                future.set_result(None)
            else:
                still.append((seq, future))
        self.waiting = still


class Ledger:
    """Progress per ownership, forgotten when a stream has ended."""

    def __init__(self) -> None:
        self._owned: dict[Key, _Ownership] = {}
        self._epochs: dict[str, int] = {}

    def claimed(self, stream: str, epoch: int, written: int, *, ended: bool = False) -> None:
        """This process owns ``stream`` from now on; of one that has ``ended`` there is nothing to keep."""
        before = (stream, self._epochs.pop(stream, epoch))
        known = self._owned.get(before)
        if known is not None and known.written >= known.queued and not known.waiting:
            del self._owned[before]
        if not ended:
            self._owned[(stream, epoch)] = _Ownership(queued=written, written=written)
            self._epochs[stream] = epoch

    def queued(self, envelope: Envelope) -> None:
        """It waits for the writer."""
        owned = self._owned.setdefault((envelope.stream, envelope.epoch), _Ownership())
        owned.queued = max(owned.queued, envelope.seq)

    def settled(self, group: Iterable[Envelope], refused: Mapping[Key, RecordError]) -> None:
        """The writer is through with ``group``."""
        touched: dict[Key, _Ownership] = {}
        ended: list[str] = []
        for envelope in group:
            key = (envelope.stream, envelope.epoch)
            owned = touched[key] = self._owned.setdefault(key, _Ownership())
            if key in refused:
                owned.refusal = refused[key]
                continue
            owned.written = max(owned.written, envelope.seq)
            if envelope.name == "call.ended":
                ended.append(envelope.stream)
        for key, owned in touched.items():
            owned.wake()
            if owned.refusal is not None or key[0] in ended:
                del self._owned[key]
        for stream in ended:
            self._epochs.pop(stream, None)

    async def written(self, stream: str, epoch: int, seq: int | None = None) -> None:
        """Return when event ``seq`` (or all that is queued) is stored. Raises RecordError when it was refused.

        Returns at once for what this process has not queued.
        """
        owned = self._owned.get((stream, epoch))
        if owned is None:
            return
        wanted = min(owned.queued, owned.queued if seq is None else seq)
        if owned.refusal is not None:
            raise owned.refusal
        if owned.written >= wanted:
            return
        future: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        owned.waiting.append((wanted, future))
        await future

    def lost(self, stream: str, epoch: int | None = None) -> bool:
        """Another process owns ``stream`` now. True when this one believed until now that it did (at ``epoch``)."""
        if stream not in self._epochs or epoch not in (None, self._epochs[stream]):
            return False
        del self._epochs[stream]
        return True

    def epoch(self, stream: str) -> int | None:
        """The epoch under which this process owns ``stream``, as far as it knows."""
        return self._epochs.get(stream)

    def __len__(self) -> int:
        return len(self._owned)

    def streams(self) -> list[str]:
        """Streams owned and not ended."""
        return list(self._epochs)
