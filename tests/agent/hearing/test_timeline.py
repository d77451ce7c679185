"""Frames as networks deliver them."""

from __future__ import annotations

import pytest

from agent.hearing.timeline import Timeline


@pytest.mark.parametrize(
    ("offsets", "expected", "dropped", "lost"),
    [
        ([0, 20, 40], [0, 0, 0], 0, 0),
        ([7340, 7360], [0, 0], 0, 0),
        ([0, 20, 20, 40], [0, 0, None, 0], 1, 0),
        ([0, 40, 20, 60], [0, 20, None, 0], 1, 20),
        ([0, 20, 1040], [0, 0, 1000], 0, 1000),
        ([0, 24, 41, 59, 83], [0, 0, 0, 0, 0], 0, 0),
        ([100, 0, 120], [0, None, 0], 1, 0),
    ],
)
def test_places(offsets: list[int], expected: list[int | None], dropped: int, lost: int) -> None:
    timeline = Timeline()
    assert [timeline.place(offset, 20.0) for offset in offsets] == expected
    assert (timeline.dropped, timeline.lost_ms) == (dropped, lost)
