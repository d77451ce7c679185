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


@pytest.mark.parametrize("seed", SEEDS)
def test_a_full_name_spelled_in_one_go_is_two_words(seed: int) -> None:
    heard, spelled, name = some(
        draw("full name", seed),
        (
            ("Colin McBryde", "C O L I N M C B R I D E", "Colin McBride"),
            ("Ivory Camp", "it's I V O R Y K E M P", "Ivory Kemp"),
            ("Peter Kowalchick", "P E T E R, K O W A L C Z Y K", "Peter Kowalczyk"),
            ("John Smyth", "S M I T H", "John Smith"),
            ("Alex Brim", "first name A L E X, last name B R I M M", "Alex Brimm"),
        ),
    )
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong")
    talk.words_heard(heard)
    talk.words_heard("no")
    talk.words_heard(spelled)
    assert talk.slots["name"] == name, talk.meant


@pytest.mark.parametrize(
    ("heard", "spelled", "name"),
    [
        pytest.param("Anna Lond", "An-n-a-l-u-n-d", "Anna Lund", id="two letters written as a word"),
        pytest.param("Berkahn", "B E R K A H N", "Berkahn", id="one name stays one name"),
        pytest.param("David Dworknite", "D A V I D P A R K", "David Park", id="a first name that was right"),
    ],
)
def test_letters_of_the_whole_name(heard: str, spelled: str, name: str) -> None:
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong").words_heard(heard).words_heard("no")
    talk.words_heard(spelled)
    assert talk.slots["name"] == name, talk.meant


def test_letters_that_say_the_name_again_confirm_it() -> None:
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong")
    talk.words_heard("Alex Brim")
    talk.words_heard("no")
    talk.words_heard("A L E X B R I M")
    assert talk.slots["name"] == "Alex Brim" and talk.asked != "name", talk.meant
    assert "spelled" not in talk.words, "it is not spelled back once more"


def test_a_name_spelled_before_any_was_understood_is_two_words_and_is_read_back() -> None:
    talk = read_back(exact_hearing=False)
    talk.words_heard("the name is wrong")
    talk.words_heard("C O L I N M C B R I D E")
    assert talk.slots["name"] == "Colin McBride", talk.meant
    assert talk.run.confirming == "name" and "C as in Charlie" in talk.words
