"""Another language is asked for."""

from __future__ import annotations

import pytest

from calls.repairs import Repair
from tests.workflows.repair.talk import SEEDS, booking, draw, some, unchanged

SAYS = (
    ("do you speak Spanish", "es"),
    ("French please", "fr"),
    ("can we do this in German", "de"),
    ("no hablo inglés", "es"),
    ("parlez-vous français", "fr"),
    ("auf Deutsch bitte", "de"),
    ("po polsku proszę", "pl"),
)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_is_spoken_here_is_named(seed: int) -> None:
    rng = draw("other_language", seed)
    talk = booking(rng)
    before = talk.asked
    talk.words_heard(some(rng, SAYS)[0])
    assert Repair.OTHER_LANGUAGE in talk.repairs, talk.meant
    assert "English" in talk.words
    unchanged(talk, before)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_person_who_speaks_it_takes_the_call(seed: int) -> None:
    rng = draw("other_language.person", seed)
    said, language = some(rng, SAYS)
    talk = booking(rng, has_human=True, human_languages=(language,))
    talk.words_heard(said)
    assert Repair.OTHER_LANGUAGE in talk.repairs, talk.meant
    assert talk.ending == ("hand_over", "handed_over")
