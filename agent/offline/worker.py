"""A speech worker: a child process which answers frames on its standard input, one at a time.

Roles: `prepare` converts the recognizer's weights and ends (it needs 1.9 GB while it does), `ear` recognizes,
`voice` speaks, embeds sentences and weighs danger. It ends when its input does, so it never outlives its parent.
"""

from __future__ import annotations

import json
import os
import select
import sys
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import BinaryIO

from agent.offline.wire import BadFrame, Frame, Header, Readable, encode, read

Handler = Callable[[Frame], Frame]
Pending = Callable[[], bool]
"""Whether another frame is waiting to be read."""

_NICE = 5
"""The event loop which must send a frame every 20 ms goes first."""


def ear(cache_dir: Path, threads: int, pending: Pending) -> Handler:
    """Load the recognizer; the handler answers `transcribe` (body: 16-bit mono, 8 kHz)."""
    from agent.offline import resample
    from agent.offline.moonshine import Abandoned, Moonshine

    recognizer = Moonshine.load(cache_dir, threads=threads)
    recognizer.warm()

    def transcribe(frame: Frame) -> Frame:
        samples = resample.up(resample.from_pcm16(frame.body), 2)
        try:
            heard = recognizer.transcribe(samples, pending if frame.header.get("partial") else None)
        except Abandoned:
            return Frame({"abandoned": True})
        return Frame(
            {
                "heard": {
                    "text": heard.text,
                    "confidence": heard.confidence,
                    "repeated_tail": heard.repeated_tail,
                    "cut_short": heard.cut_short,
                    "tokens": [[t.text, t.probability] for t in heard.tokens],
                }
            }
        )

    return transcribe


def voice() -> Handler:
    """Load voice and embedder; the handler answers `synthesize`, `embed` and `weigh_danger`."""
    from agent.offline.similarity import SentenceEmbedder
    from agent.offline.voice import OfflineVoice
    from agent.safety.meaning import MeaningScorer, load_adapter

    speaker, embedder = OfflineVoice.load(), SentenceEmbedder.load()
    speaker.warm()
    embedder.embed(["hello"])
    scorer = MeaningScorer(embedder, load_adapter())
    scorer.scores(["hello"])

    def answer(frame: Frame) -> Frame:
        header = frame.header
        if header["do"] == "synthesize":
            spoken = speaker.synthesize(str(header["text"]), float(str(header["pace"])))
            return Frame({"words": [[w.word, w.start_ms, w.end_ms] for w in spoken.words]}, spoken.pcm16)
        if header["do"] == "embed":
            return Frame({}, embedder.embed(json.loads(frame.body)).tobytes())
        if header["do"] == "weigh_danger":
            return Frame({"scores": scorer.scores([str(header["text"])])[0].tolist()})
        raise ValueError(f"unknown request {header['do']!r}")

    return answer


def serve(source: Readable, sink: BinaryIO, handle: Handler) -> None:
    """Answer frames until the input ends. A request that fails is answered with the error, never with silence."""
    while (frame := read(source)) is not None:
        if frame.header.get("do") == "yield":
            continue
        try:
            answer = handle(frame)
            header: Header = {"id": frame.header.get("id"), "ok": True, **answer.header}
            out = encode(Frame(header, answer.body))
        except Exception as error:
            out = encode(Frame({"id": frame.header.get("id"), "error": f"{type(error).__name__}: {error}"}))
        sink.write(out)
        sink.flush()


def _prepare(cache_dir: Path, send: Callable[[Frame], None]) -> None:
    from agent.offline.convert import converted_moonshine

    converted_moonshine(cache_dir, lambda what, share: send(Frame({"doing": what, "share": share})))


def main(arguments: list[str]) -> int:
    """`worker ROLE CACHE_DIR THREADS`; frames on standard input and output. Exit status 0, or 1 on a fault."""
    role, cache_dir, threads = arguments[0], Path(arguments[1]), int(arguments[2])
    # A library that prints must not break the frames: they leave by a private copy of standard output.
    sink = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    source = FileIO(os.dup(0), "rb")
    if role != "prepare":
        os.nice(_NICE)

    def send(frame: Frame) -> None:
        sink.write(encode(frame))
        sink.flush()

    def pending() -> bool:
        return bool(select.select([source], [], [], 0)[0])

    try:
        if role == "prepare":
            _prepare(cache_dir, send)
            send(Frame({"ready": True}))
            return 0
        handle = ear(cache_dir, threads, pending) if role == "ear" else voice()
        send(Frame({"ready": True, "pid": os.getpid()}))
    except Exception as error:
        send(Frame({"failed": str(error), "kind": type(error).__name__}))
        return 1
    try:
        serve(_Whole(source), sink, handle)
    except (BadFrame, BrokenPipeError) as error:
        print(f"speech worker {role}: {error}", file=sys.stderr)
        return 1
    return 0


class _Whole:
    """Unbuffered reads which return all that was asked for, so that `select` sees what is still unread."""

    def __init__(self, raw: FileIO) -> None:
        self._raw = raw

    def read(self, size: int, /) -> bytes:
        parts = bytearray()
        while len(parts) < size and (piece := self._raw.read(size - len(parts))):
            parts += piece
        return bytes(parts)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
