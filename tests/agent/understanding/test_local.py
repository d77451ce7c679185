"""Keys, allowed commands, slots of one kind, hostile text, speed, and similarity with a fake."""

from __future__ import annotations

import time
from collections.abc import Mapping, Sequence
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agent.understanding.local import LocalUnderstander
from calls.errors import EngineError
from calls.guidance import Guidance, Option, SlotExpectation
from calls.speech import Heard, HeardBy
from calls.virtual_time import run_virtual
from tests.agent.understanding.booking import (
    ALWAYS,
    CHECK,
    FACTS,
    MENU,
    TAKES,
    asking,
    reading_back,
    short,
    understood,
)

COUNT = SlotExpectation("count", "number")
CODE = SlotExpectation("code", "code", length=6)

KEYS = [
    (asking("phone"), "2125550192", ["+phone=+12125550192"]),
    (asking("phone"), "2125550192#", ["+phone=+12125550192"]),
    (asking("phone"), "0", ["AskHuman"]),
    (asking("date"), "0312", ["+date=2026-03-12"]),
    (asking("date", "date"), "0313", ["~date=2026-03-13"]),
    (asking("date"), "9999", ["Unclear"]),
    (asking("date"), "0", ["AskHuman"]),
    (asking("time"), "02302", ["+time=14:30"]),
    (asking("service"), "2", ["+service=checkup"]),
    (asking("service"), "9", ["Unclear"]),
    (asking("name"), "*", ["Repeat"]),
    (asking("name"), "44", ["Unclear"]),
    (asking("count", slots=(COUNT,)), "0", ["+count=0"]),
    (asking("code", slots=(CODE,)), "417229", ["+code=417229"]),
    (asking("code", slots=(CODE,)), "0", ["AskHuman"]),
    (reading_back("date", "2026-03-12"), "1", ["yes"]),
    (reading_back("date", "2026-03-12"), "2", ["no"]),
    (reading_back("date", "2026-03-12"), "0313", ["~date=2026-03-13"]),
    (reading_back("date", "2026-03-12"), "0", ["AskHuman"]),
    (MENU, "1", [">book"]),
    (MENU, "2", [">support"]),
    (MENU, "7", ["Unclear"]),
    (MENU, "0", ["AskHuman"]),
    (replace(CHECK, workflows=()), "1", ["yes"]),
    (replace(CHECK, workflows=()), "2", ["no"]),
    (CHECK, "1", ["yes"]),
    (CHECK, "2", ["no"]),
    (MENU, "#", ["Unclear"]),
    (MENU, "", ["Unclear"]),
    (MENU, "12A", ["Unclear"]),
]


@pytest.mark.parametrize(("guidance", "keys", "expected"), KEYS)
def test_keys(guidance: Guidance, keys: str, expected: list[str]) -> None:
    assert understood(keys, guidance, HeardBy.KEYS) == (expected, "keys")


def test_two_slots_of_a_kind_are_told_apart_by_their_names() -> None:
    stay = (SlotExpectation("arrival", "date", names=("arrival", "arriving", "check in")),
            SlotExpectation("departure", "date", names=("departure", "leaving", "check out")))  # fmt: skip
    guidance = Guidance("stay", "arrival", stay, ALWAYS | TAKES)
    assert understood("arriving on Thursday and leaving on Sunday", guidance)[0] == [
        "+arrival=2026-03-12",
        "+departure=2026-03-15",
    ]
    assert understood("Thursday", guidance)[0] == ["+arrival=2026-03-12"]


def test_two_choices_keep_their_options_apart() -> None:
    size = SlotExpectation("size", "choice", (Option("small", ("small",)), Option("large", ("large", "big"))))
    taste = SlotExpectation("taste", "choice", (Option("vanilla", ("vanilla",)), Option("lemon", ("lemon",))))
    guidance = Guidance("ice", "size", (size, taste), ALWAYS | TAKES)
    assert understood("a big lemon one", guidance)[0] == ["+size=large", "+taste=lemon"]


def test_free_text_takes_the_whole_answer_but_not_a_cry_for_help() -> None:
    problem = SlotExpectation("problem", "free_text")
    guidance = Guidance("problem", "problem", (problem, SlotExpectation("date", "date")), ALWAYS | TAKES)
    assert understood("my kitchen tap has been leaking since Thursday", guidance)[0] == [
        "+problem=my kitchen tap has been leaking since Thursday"
    ]
    assert understood("let me talk to a person", guidance)[0] == ["AskHuman"]
    assert understood("what was that?", guidance)[0] == ["Repeat"]


def test_a_yes_no_slot_is_filled() -> None:
    guidance = Guidance("new", "new", (SlotExpectation("new", "yes_no"),), ALWAYS | TAKES)
    assert understood("yes I am", guidance)[0] == ["+new=True"]
    assert understood("no", guidance)[0] == ["+new=False"]
    assert understood("maybe", guidance)[0] == ["Unclear"]


@pytest.mark.parametrize("text", ["Thursday at three", "yes", "agent", "bye", "what are your prices?", "español"])
def test_nothing_is_returned_that_is_not_allowed(text: str) -> None:
    silent = replace(asking("date"), allowed=frozenset())
    assert understood(text, silent)[0] == ["Unclear"]


def test_confidence_is_that_of_the_words_and_of_the_ear() -> None:
    heard = Heard("Thursday the twelfth of March", 0, 0, confidence=0.5)
    (command,) = run_virtual(LocalUnderstander().understand(heard, asking("date"), FACTS)).commands
    assert 0.3 <= command.confidence <= 0.5  # type: ignore[union-attr]


def test_a_question_nobody_prepared_is_still_a_question() -> None:
    assert understood("do you validate parking", MENU)[0] == ["?"]


@pytest.mark.parametrize("bad", [{"timezone": "Mars/Olympus"}, {"wall": "yesterday"}, {"wall": "2026-03-10T09:00:00"}])
def test_an_unusable_time_context_is_an_engine_error(bad: dict[str, str]) -> None:
    with pytest.raises(EngineError, match="time context"):
        run_virtual(LocalUnderstander().understand(Heard("Thursday", 0, 0), asking("date"), replace(FACTS, **bad)))  # type: ignore[arg-type]


def test_an_unknown_kind_names_the_slot() -> None:
    guidance = Guidance("x", "colour", (SlotExpectation("colour", "colour"),), TAKES)
    with pytest.raises(EngineError, match="'colour' has the unknown kind"):
        run_virtual(LocalUnderstander().understand(Heard("red", 0, 0), guidance, FACTS))


@pytest.mark.parametrize("locale", ["en-AU", "en", "de-DE"])
def test_a_locale_without_a_grammar_is_read_as_the_nearest(locale: str) -> None:
    found = run_virtual(
        LocalUnderstander().understand(Heard("Thursday", 0, 0), asking("date"), replace(FACTS, locale=locale))
    )
    assert [short(command) for command in found.commands] == ["+date=2026-03-12"]


ANYWHERE = [MENU, CHECK, asking("name"), asking("phone"), reading_back("time", "14:30")]


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=200), st.sampled_from(ANYWHERE), st.sampled_from(HeardBy))
def test_any_text_gives_allowed_commands(text: str, guidance: Guidance, by: HeardBy) -> None:
    meaning = run_virtual(LocalUnderstander().understand(Heard(text, 0, 0, by=by), guidance, FACTS))
    assert meaning.commands
    assert all(type(command).__name__ in guidance.allowed for command in meaning.commands)


def test_the_grammar_takes_at_most_5_ms() -> None:
    texts = ["I'd like a cleaning on Thursday at three for Anna Miller, 212 555 0192", "no, make it Friday", "yes"]
    for text in texts:
        understood(text, CHECK)
    for text in texts:
        took = min(_timed(text) for _ in range(7))
        assert took < 5.0, f"{text}: {took:.1f} ms"


def _timed(text: str) -> float:
    from agent.understanding.intents import load_intents
    from agent.understanding.local import read_words

    began = time.perf_counter()
    read_words(Heard(text, 0, 0), CHECK, FACTS, load_intents())
    return (time.perf_counter() - began) * 1000


class FakeSimilarity:
    """Gives fixed likenesses to labels and counts what it was taught."""

    def __init__(self, scores: Mapping[str, float]) -> None:
        self.scores, self.taught, self.asked = scores, dict[str, set[str]](), 0

    async def learn(self, index: str, examples: Mapping[str, Sequence[str]]) -> None:
        assert index not in self.taught
        assert all(examples.values())
        self.taught[index] = set(examples)

    async def rank(self, text: str, index: str) -> Sequence[tuple[str, float]]:
        self.asked += 1
        return [(label, self.scores.get(label, 0.0)) for label in sorted(self.taught[index])]


def likened(text: str, scores: Mapping[str, float], guidance: Guidance = MENU) -> tuple[list[str], str]:
    meaning = run_virtual(LocalUnderstander(FakeSimilarity(scores)).understand(Heard(text, 0, 0), guidance, FACTS))
    return [short(command) for command in meaning.commands], meaning.path


VAGUE = "my neighbour recommended your place"


@pytest.mark.parametrize(
    ("scores", "expected"),
    [
        ({"AskHuman": 0.8}, ["AskHuman"]),
        ({"workflow:book": 0.7}, [">book"]),
        ({"AskHuman": 0.39}, ["Unclear"]),
        ({"AskHuman": 0.8, "Cancel": 0.79}, ["Unclear"]),
        ({"Other": 0.9, "AskHuman": 0.7}, ["Unclear"]),
        ({"topic:price": 0.9}, ["Unclear"]),
    ],
)
def test_likeness_decides_what_grammar_left_open(scores: dict[str, float], expected: list[str]) -> None:
    commands, path = likened(VAGUE, scores)
    assert commands == expected
    assert path == ("grammar" if expected == ["Unclear"] else "similarity")


def test_a_question_is_matched_to_its_topic() -> None:
    assert likened("do I have to bring a lot of money", {"topic:price": 0.9}) == (["?price"], "similarity")


def test_a_wish_that_is_not_allowed_is_not_returned() -> None:
    assert likened(VAGUE, {"AskHuman": 0.9}, replace(MENU, allowed=TAKES))[0] == ["Unclear"]


def test_similarity_is_not_asked_when_grammar_has_an_answer() -> None:
    fake = FakeSimilarity({})
    understander = LocalUnderstander(fake)
    run_virtual(understander.understand(Heard("Thursday", 0, 0), asking("date"), FACTS))
    run_virtual(understander.understand(Heard("hm", 0, 0), asking("date"), FACTS))
    assert (fake.asked, fake.taught) == (0, {})


def test_examples_are_taught_once() -> None:
    fake = FakeSimilarity({"AskHuman": 0.9})
    understander = LocalUnderstander(fake)
    for _ in range(3):
        run_virtual(understander.understand(Heard(VAGUE, 0, 0), MENU, FACTS))
    assert len(fake.taught) == 2
