"""Questions every business is asked, in words no script lists."""

from __future__ import annotations

import pytest

from agent.understanding.topics import asked_about
from agent.understanding.wording import plain
from calls.guidance import Option

TOPICS = tuple(Option(name, ()) for name in ("hours", "price", "place", "robot"))


@pytest.mark.parametrize(
    ("text", "topic"),
    [
        ("how late are you there", "hours"),
        ("till what time can I come", "hours"),
        ("is somebody there on Saturday", "hours"),
        ("what do you charge for that", "price"),
        ("how much would that be", "price"),
        ("where are you again", "place"),
        ("is there a bus that stops near you", "place"),
        ("is that the downtown office", "place"),
        ("am I talking to a computer", "robot"),
        ("you're not a person, are you", "robot"),
        ("do you have anything open on Friday", ""),
        ("where is my order", ""),
        ("can you do three o'clock", ""),
        ("could you say that again", ""),
    ],
)
def test_which_topic_a_question_is_about(text: str, topic: str) -> None:
    found = asked_about(TOPICS, plain(text))
    assert (found.id if found else "") == topic
