"""What half a sentence resembles says nothing yet; words that say a danger count at once."""

from __future__ import annotations

import pytest

from agent.safety.watch import shipped_watch

ORDINARY = (
    "i haven't been in a while and i need a check-up",
    "well i'm new here and i'd like to come for a check-up",
    "um i want to know about my order please",
)


@pytest.mark.parametrize("text", ORDINARY)
def test_no_beginning_of_an_ordinary_sentence_raises_an_alarm(text: str) -> None:
    words, watch = text.split(), shipped_watch()
    for end in range(1, len(words) + 1):
        found = watch.find(" ".join(words[:end]), "en-US", "US")
        assert found is None or (found.resembles and end < len(words)), (words[:end], found)


def test_what_is_said_in_so_many_words_counts_before_the_sentence_ends() -> None:
    found = shipped_watch().find("my father is not breathing and", "en-US", "US")
    assert found is not None
    assert not found.resembles
