"""A name is put right letter by letter."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, draw, read_back, some

NAMES = (
    ("B as in Bravo, R, O, W, N", "Brown"),
    ("it's spelled B R O W N", "Brown"),
    ("no, K I M M", "Kimm"),
    ("L as in Lima, E as in Echo, E as in Echo", "Lee"),
    ("no, it's spelled L E E", "Lee"),
    ("that's S as in Sierra, M as in Mike, I as in India, T as in Tango, H as in Hotel", "Smith"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_letters_replace_the_name(seed: int) -> None:
    rng = draw("spelled", seed)
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong")
    assert talk.asked == "name"
    said, name = some(rng, NAMES)
    talk.words_heard("Alex Brim")
    talk.words_heard(said)
    assert str(talk.slots["name"]).split()[-1] == name, talk.meant
    assert Repair.SPELLED in talk.repairs
