"""The threshold of similarity on sentences that are in no example list, with the real weights."""

from __future__ import annotations

import asyncio

import pytest

from agent import models
from agent.understanding.likeness import LikenessReader
from switchboard.rehearsal.likeness import LocalSimilarity
from tests.agent.understanding.booking import MENU, short

HELD_OUT = [
    ("I'd rather deal with one of your employees", "AskHuman"),
    ("please get someone on the line for me", "AskHuman"),
    ("can someone from your team help me with this", "AskHuman"),
    ("this isn't working, I need a live body", "AskHuman"),
    ("is anybody in the office I can speak with", "AskHuman"),
    ("I don't want to deal with an automated system", "AskHuman"),
    ("I couldn't make out what you said", "Repeat"),
    ("would you mind repeating the last part", "Repeat"),
    ("my line broke up, what was your question", "Repeat"),
    ("you're going way too quickly for me", "SlowDown"),
    ("take it easy, I can't follow at this speed", "SlowDown"),
    ("I have to find my diary, wait", "Wait"),
    ("hang on while I ask my husband", "Wait"),
    ("give me some time to think about it", "Wait"),
    ("let's do this again from the very start", "Restart"),
    ("I messed up, can we begin anew", "Restart"),
    ("I don't think I want this after all", "Cancel"),
    ("let's just drop the whole idea", "Cancel"),
    ("please stop, I no longer need the visit", "Cancel"),
    ("thanks for everything, talk soon", "Goodbye"),
    ("that was everything I needed, thanks", "Goodbye"),
    ("alright then, have a lovely evening", "Goodbye"),
    ("I want to set up a visit with the dentist", ">book"),
    ("can you put me in the schedule for next week", ">book"),
    ("I'd like to arrange a dental visit", ">book"),
    ("my package hasn't arrived", ">support"),
    ("the thing I bought doesn't work", ">support"),
    ("until when are you open this evening", "?hours"),
    ("what would a cleaning cost me", "?price"),
    ("am I speaking with a computer right now", "?robot"),
]
NOTHING_MEANT = [
    "my sister lives in Boston", "it rained all morning here", "the traffic was terrible", "I really like your logo",
    "my cat is sitting on the keyboard", "we went to the seaside in August", "I had soup for lunch",
    "the television is too loud", "he plays football on weekends", "that reminds me of my aunt",
    "my tooth hurts a lot", "we are five at home", "my wife recommended you",
    "the previous dentist was very rough", "I am allergic to penicillin", "it's about my son",
]  # fmt: skip


@pytest.fixture(scope="module")
def reader() -> LikenessReader:
    if faults := models.faults(["minilm-weights", "minilm-tokenizer"]):
        pytest.skip(faults[0])
    return LikenessReader(LocalSimilarity.load())


@pytest.mark.models
def test_the_threshold_on_held_out_sentences(reader: LikenessReader) -> None:
    async def outcomes() -> list[tuple[str, str]]:
        found = [(await reader.read(text, MENU), wanted) for text, wanted in HELD_OUT]
        return [(short(command) if command else "", wanted) for command, wanted in found]

    found = asyncio.run(outcomes())
    right = sum(got == wanted for got, wanted in found)
    wrong = [pair for pair in found if pair[0] not in ("", pair[1])]
    assert right >= 19, found
    assert len(wrong) <= 1, wrong


@pytest.mark.models
def test_small_talk_is_taken_for_nothing(reader: LikenessReader) -> None:
    async def commands() -> list[tuple[str, str]]:
        found = [(text, await reader.read(text, MENU)) for text in NOTHING_MEANT]
        return [(text, short(command)) for text, command in found if command is not None]

    assert asyncio.run(commands()) == []
