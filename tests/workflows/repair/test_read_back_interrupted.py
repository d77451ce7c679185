"""A read-back is cut with what is wrong in it."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, Talk, draw, some

CUTS = (
    ("I have two one two, five five five, zero one nine two.", "no, it's four two", "+12125550142"),
    ("I have two one two, five five five, zero one nine", "no, four", "+12125550142"),
    ("", "no, it's four two", "+12125550142"),
    ("I have two one two, five five five, zero one", "no, zero two", "+12125550292"),
    ("I have two one", "no, three one two", "+13125550192"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_piece_is_put_right(seed: int) -> None:
    rng = draw("read_back_interrupted", seed)
    talk = Talk("callback")
    talk.opens()
    talk.words_heard("call me back").words_heard("no").words_heard("212 555 0192")
    assert talk.run.confirming == "phone"
    heard, said, value = some(rng, CUTS)
    talk.words_heard(said, heard=heard or "I have two one two, five five five, zero one nine two. Is that right?")
    assert talk.slots["phone"] == value, talk.meant
    assert Repair.READ_BACK_INTERRUPTED in talk.repairs
    assert talk.run.confirming == "phone"
