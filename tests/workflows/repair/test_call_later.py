"""Call me later: a call back, at a time that suits."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some

SAYS = (
    ("call me back tomorrow at five in the afternoon", "2026-03-17T17:00"),
    ("can you call me tomorrow", ""),
    ("this isn't a good time", ""),
    ("I'm driving, call me later", ""),
    ("can you ring me back later", ""),
    ("please call me back on Wednesday at ten in the morning", "2026-03-18T10:00"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_call_back_is_noted_with_its_time(seed: int) -> None:
    rng = draw("call_later", seed)
    talk = booking(rng)
    said, when = some(rng, SAYS)
    talk.words_heard(said)
    assert Repair.CALL_LATER in talk.repairs, talk.meant
    assert talk.run.script == "callback"
    if not when:
        assert talk.asked == "when", talk.said
        when = "2026-03-17T16:00"
        talk.words_heard(some(rng, ("tomorrow at four in the afternoon", "tomorrow at 4 pm", "tomorrow at four pm")))
    assert talk.slots["when"] == when, talk.meant
    for _ in range(4):
        if not talk.ending[0]:
            talk.words_heard("yes")
    assert talk.done == ["leave_callback"], talk.said
    assert talk.requests[-1].arguments["when"] == when
    assert talk.ending == ("hang_up", "callback")
