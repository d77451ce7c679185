"""What was wanted has just been taken: the nearest that are free are named."""

from __future__ import annotations

from datetime import datetime

import pytest

from calls.repairs import Repair
from calls.run import ActionSettled
from spoken import Context
from spoken import read_back as read_back_words
from tests.workflows.dialogue import FACTS
from tests.workflows.repair.talk import SEEDS, draw, read_back, some

CONTEXT = Context(datetime.fromisoformat(FACTS.wall), FACTS.timezone)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_nearest_free_times_are_offered(seed: int) -> None:
    rng = draw("world_changed", seed)
    talk = read_back()
    wanted = str(talk.slots["time"])
    talk.hold = True
    talk.words_heard(some(rng, ("yes", "yes please", "yeah that's right", "correct")))
    request = talk.pending
    assert request is not None and request.action == "book"
    free = sorted(rng.sample(["09:00", "09:30", "10:00", "13:30", "14:00", "15:00", "16:30", "17:00"], 6))
    refusal = ActionSettled(request.key, "book", found={"times": ",".join(free)}, refusal="slot_taken")
    talk.settles(refusal)
    assert Repair.WORLD_CHANGED in talk.repairs
    assert talk.asked == "time"
    near = sorted(free, key=lambda time: (abs(minutes(time) - minutes(wanted)), time))[:3]
    for time in near:
        assert read_back_words("time", time, CONTEXT) in talk.words, (near, talk.words)


def minutes(time: str) -> int:
    """Since midnight."""
    return 60 * int(time[:2]) + int(time[3:])
