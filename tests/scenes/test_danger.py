"""Whole calls in which somebody is in danger, or complains: fixed words over everything else, then a person."""

from __future__ import annotations

import logging
import re
from dataclasses import replace

import pytest

from agent.safety.phrases import KINDS
from agent.safety.second import SecondEar
from agent.safety.watch import MEANS, load_answers
from agent.scripted import scripted_engine
from calls import events as ev
from calls.errors import EngineError
from calls.state import rebuild
from telephony.twin import Caller, CallerGaveUp, CallerScript, Human
from tests.scenes.stage import HUMAN, LINES, TWIN, Played, asked, run_scene

ALONE = re.sub(r"\n    human: .*", "", LINES)
BRITISH = LINES.replace("    timezone: America/New_York", "    country: GB\n    timezone: America/New_York")
ANSWERS = load_answers().kinds
ANSWERED = replace(TWIN, human=Human(says="Harbor Dental, Dana speaking.", after_ms=2_000, talks_ms=5_000))
BUSY = replace(TWIN, human=Human("busy"))


async def hears(phone: Caller, words: str) -> None:
    """Listen until ``words`` are said; what comes before may have begun while the caller still spoke."""
    for _ in range(4):
        if words in await phone.understands(await phone.waits_for_agent()):
            return
    raise CallerGaveUp(f"never heard {words!r}")


def says(words: str, *then: str) -> CallerScript:
    """A caller who waits for the question, says ``words``, and later hears ``then``."""

    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says(words)
        for heard in then:
            await hears(phone, heard)

    return caller


def the_danger(played: Played) -> ev.DangerHeard:
    (danger,) = played.all(ev.DangerHeard)
    return danger


def told(played: Played) -> str:
    """What the caller heard the agent say."""
    return " ".join(body.text for body in played.all(ev.AgentSpoke))


def record_is_whole(played: Played) -> None:
    assert rebuild(played.events).dangers == {the_danger(played).kind: the_danger(played).turn}


@pytest.mark.parametrize(
    ("words", "kind", "said"),
    [
        ("my father has collapsed and he is not breathing", "emergency", "dial nine one one"),
        ("i do not want to live anymore", "self_harm", "nine eight eight"),
        ("i am seven and i am home alone", "child_alone", "Thank you for telling me"),
        ("i will burn your place down", "threat", "This call is on record"),
        ("someone used my card and it was not me", "fraud", "a password or a code"),
        ("you will be hearing from my lawyer", "lawyer", "a person will take it from here"),
        ("i want to make a complaint", "complaint", "noted it as a complaint"),
    ],
)
def test_every_kind_is_answered_and_led_to_a_person(words: str, kind: str, said: str) -> None:
    played = run_scene(says(words, "Dana speaking"), config=ANSWERED)
    assert said in told(played)
    assert the_danger(played).kind == kind and played.ended == ("handed_over", kind)
    assert [body.address for body in played.all(ev.HandoverRequested)] == [HUMAN]
    assert ANSWERS[the_danger(played).kind].risk == the_danger(played).risk
    assert played.all(ev.CommandsUnderstood) == [], "nothing of it was understood, nothing else was asked"


def test_the_caller_is_talked_over_while_they_still_speak() -> None:
    words = "there is a fire in the kitchen and it is coming up the wall and i was going to book a cleaning on tuesday"
    played = run_scene(says(words, "Dana speaking"), config=ANSWERED)
    assert the_danger(played).partial
    (fixed,) = [body for body in played.all(ev.LineChosen) if body.clauses[0].text.startswith("If anyone")]
    began = next(event.at_ms for event in played.events if getattr(event.body, "reply", "") == fixed.reply)
    quiet = [event.at_ms for event in played.events if isinstance(event.body, ev.CallerSpoke)]
    assert not quiet or began < quiet[0]
    record_is_whole(played)


def test_a_line_that_must_be_said_gives_way() -> None:
    async def caller(phone: Caller) -> None:
        await phone.interrupts("help my baby is not breathing", after=1.0)
        await hears(phone, "Dana speaking")

    played = run_scene(caller, config=ANSWERED)
    assert the_danger(played).kind == "emergency" and "dial nine one one" in told(played)
    assert played.all(ev.AgentInterrupted)[0].heard_text.startswith("Hello")
    record_is_whole(played)


def test_with_nobody_to_hand_over_to_the_caller_in_danger_is_told_so_and_stays() -> None:
    played = run_scene(says("he is not breathing", "nobody here who can come"), lines=ALONE)
    assert played.all(ev.HandoverRequested) == []
    record_is_whole(played)


def test_a_complaint_with_nobody_free_ends_as_a_message_or_a_call_back() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("i want to make a complaint")
        await hears(phone, "call you back, or take a message")
        await phone.says("call me back please")
        await asked(phone, "ending in zero one nine two")
        await phone.says("yes")
        await asked(phone, "Your call back is noted")

    played = run_scene(caller, config=BUSY)
    assert len(played.house.memory.books.callbacks) == 1
    record_is_whole(played)


def test_the_numbers_are_those_of_the_line_s_country() -> None:
    played = run_scene(says("i want to kill myself", "Dana speaking"), config=ANSWERED, lines=BRITISH)
    assert "one one six, one two three" in told(played) and "nine nine nine" in told(played)
    assert "nine eight eight" not in told(played) and "nine one one" not in told(played)


def test_ordinary_words_of_the_same_sound_change_nothing() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("my tooth is killing me i need a check-up")
        await asked(phone, "day")

    assert run_scene(caller).all(ev.DangerHeard) == []


def test_whoever_watches_the_log_is_told_and_not_what_was_said(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING):
        played = run_scene(says("i want to kill myself", "Dana speaking"), config=ANSWERED)
    (line,) = [one.getMessage() for one in caplog.records if "danger heard" in one.getMessage()]
    assert line == f"danger heard: self_harm, in call:{played.result.call_sid}"


ROUNDABOUT = "the blue towel is still on the chair"
"""words that say nothing of danger: whatever follows from them came from the second ear"""


class Scorer:
    """Means danger of one kind in ROUNDABOUT, and none in anything else."""

    def __init__(self, kind: str, *, away: bool = False) -> None:
        self.kind, self.away = kind, away

    async def weigh_danger(self, text: str) -> list[float]:
        if self.away:
            raise EngineError("understanding", "offline speech: SpeechUnavailable")
        return [30.0 if ROUNDABOUT in text and one == self.kind else -8.0 for one in KINDS]


@pytest.mark.parametrize(
    ("kind", "said"), [("self_harm", "nine eight eight"), ("complaint", "noted it as a complaint")]
)
def test_what_only_the_second_ear_hears_is_answered_before_anything_else(kind: str, said: str) -> None:
    engine = scripted_engine(second_ear=SecondEar(Scorer(kind)))
    played = run_scene(says(ROUNDABOUT, "Dana speaking"), config=ANSWERED, engine=engine)
    danger = the_danger(played)
    assert (danger.kind, danger.partial, danger.rule[: len(MEANS)]) == (kind, False, MEANS)
    assert said in told(played) and played.ended == ("handed_over", kind)
    assert played.all(ev.CommandsUnderstood) == [], "the towel was not taken for an answer"
    record_is_whole(played)


def test_with_the_second_ear_away_the_watch_hears_what_it_hears() -> None:
    engine = scripted_engine(second_ear=SecondEar(Scorer("emergency", away=True)))
    played = run_scene(says("i want to make a complaint", "Dana speaking"), config=ANSWERED, engine=engine)
    assert the_danger(played).kind == "complaint"


def test_an_ordinary_call_is_the_same_with_a_second_ear() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says("a cleaning please")
        await phone.waits_for_agent()

    alone, both = (
        run_scene(caller, engine=scripted_engine(second_ear=ear)) for ear in (None, SecondEar(Scorer("threat")))
    )
    assert [event.body for event in alone.events] == [event.body for event in both.events]
    assert [event.at_ms for event in alone.events] == [event.at_ms for event in both.events]
