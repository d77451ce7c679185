"""Frames between parent and worker survive the pipe, and what is not a frame is refused."""

from __future__ import annotations

import io
import struct

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.offline import wire
from agent.offline.wire import BadFrame, Frame
from agent.offline.worker import serve

HEADERS = st.dictionaries(
    st.text(max_size=8), st.none() | st.booleans() | st.integers() | st.text(max_size=20), max_size=5
)


@given(st.lists(st.builds(Frame, HEADERS, st.binary(max_size=300)), max_size=4))
def test_frames_come_out_as_they_went_in(frames):
    pipe = io.BytesIO(b"".join(map(wire.encode, frames)))
    assert [wire.read(pipe) for _ in frames] == frames
    assert wire.read(pipe) is None


@given(st.integers(1, 30))
def test_a_pipe_that_ends_within_a_frame_is_bad(kept):
    raw = wire.encode(Frame({"do": "rank"}, b"0123456789012345"))
    with pytest.raises(BadFrame, match="ended within"):
        wire.read(io.BytesIO(raw[:kept]))


def test_a_length_over_the_limit_is_refused_before_it_is_read():
    with pytest.raises(BadFrame, match="over the limit"):
        wire.read(io.BytesIO(struct.pack(">II", 2**31, 0)))


@pytest.mark.parametrize("header", [b"not json", b"[1]", b"\xff"])
def test_a_header_must_be_a_json_object(header):
    with pytest.raises(BadFrame):
        wire.read(io.BytesIO(struct.pack(">II", len(header), 0) + header))


def test_a_worker_answers_a_failing_request_and_goes_on():
    def handle(frame):
        if frame.body == b"bad":
            raise ValueError("no such thing")
        return Frame({"n": 1}, frame.body)

    asked = [Frame({"id": 1, "do": "x"}, b"bad"), Frame({"do": "yield"}), Frame({"id": 2, "do": "x"}, b"good")]
    sink = io.BytesIO()
    serve(io.BytesIO(b"".join(map(wire.encode, asked))), sink, handle)
    sink.seek(0)
    assert wire.read(sink) == Frame({"id": 1, "error": "ValueError: no such thing"})
    assert wire.read(sink) == Frame({"id": 2, "ok": True, "n": 1}, b"good")
    assert wire.read(sink) is None
