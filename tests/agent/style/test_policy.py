"""Which style is allowed when, by the examples of the rules themselves; and what is guessed from words."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.style.directive import EMOTIONS
from agent.style.policy import MARKS, moment_of, read_policy, shipped
from agent.style.predict import choose, manner_of, predict, same_sound
from calls.errors import ConfigurationError
from calls.line import Persona
from calls.speech import NEUTRAL, SpeechStyle, Tone

EXAMPLES = [(rule.name, example) for rule in shipped().rules for example in rule.examples]


@pytest.mark.parametrize(("name", "example"), EXAMPLES, ids=[f"{n}-{i}" for i, (n, _) in enumerate(EXAMPLES)])
def test_the_examples_of_a_rule(name: str, example: dict) -> None:  # type: ignore[type-arg]
    style, _ = shipped().apply(replace(NEUTRAL, **example["given"]), example["moment"])
    expected = replace(NEUTRAL, **example["becomes"])
    assert same_sound(style, replace(expected, intensity=style.intensity, say_as=style.say_as))
    assert style.intensity == expected.intensity or "intensity" not in example["becomes"]


def test_every_rule_has_an_example_that_changes_something() -> None:
    for rule in shipped().rules:
        changes = [rule.name in shipped().apply(replace(NEUTRAL, **e["given"]), e["moment"])[1] for e in rule.examples]
        assert any(changes), rule.name


@given(
    st.sampled_from(list(EMOTIONS)),
    st.floats(0, 1),
    st.floats(0.5, 2),
    st.floats(0, 3),
    st.sets(st.sampled_from(sorted(MARKS))),
)
def test_no_style_survives_what_the_rules_forbid(
    emotion: str, intensity: float, pace: float, volume: float, moment: set[str]
) -> None:
    given_style = SpeechStyle(emotion, intensity, pace, volume)  # type: ignore[arg-type]
    style, rules = shipped().apply(given_style, moment)
    assert rules or style == given_style
    assert shipped().apply(style, moment)[0] == style, "once is enough"
    if moment & {"complaint", "bad_news", "angry", "sad"}:
        assert style.emotion != "cheerful"
    if "disclosure" in moment:
        assert style.emotion in ("neutral", "calm")
        assert style.volume >= 1.0
        assert style.pace <= 1.0


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("rules: 3", "expected a list"),
        ("rules: [{name: x}]", "needs a 'name' and a list 'when'"),
        ("rules: [{name: x, when: [noon]}]", "no mark 'noon'"),
        ("rules: [{name: x, when: [sad], emotions: [gloomy], become: {emotion: calm}}]", "no emotion 'gloomy'"),
        ("rules: [{name: x, when: [sad], emotions: [calm]}]", "'become' must name"),
        ("rules: [{name: x, when: [sad], emotions: [calm], become: {emotion: calm}}]", "'become' must name"),
        ("rules: [{name: x, when: [sad], at_most: {speed: 1}}]", "no bound 'speed'"),
        ("rules: [{name: x, when: [sad], sometimes: yes}]", "no key 'sometimes'"),
        ("rules: [", "no YAML"),
    ],
)
def test_a_policy_that_cannot_be_used_says_where(text: str, problem: str) -> None:
    with pytest.raises(ConfigurationError, match=problem):
        read_policy(text, "mine.yaml")


def test_a_moment_there_is_not_is_refused() -> None:
    with pytest.raises(ValueError, match="marks:"):
        shipped().apply(NEUTRAL, ["noon"])


def test_a_tone_counts_where_it_is_sure() -> None:
    assert moment_of(Tone("angry", confidence=0.8), ["complaint"]) == {"angry", "complaint"}
    assert moment_of(Tone("angry", confidence=0.3)) == frozenset()
    assert moment_of(Tone("neutral", confidence=1.0)) == frozenset()
    assert moment_of(None) == frozenset()


@pytest.mark.parametrize(
    ("text", "emotion", "say_as", "why"),
    [
        ("Your confirmation code is AB12.", "neutral", "code", "code"),
        ("Your Reference is K7Q-22P.", "neutral", "code", "code"),
        ("The number is 555-0192.", "neutral", "digits", "number"),
        ("That comes to $45.50.", "neutral", "money", "price"),
        ("I'm so sorry about that.", "apologetic", "text", "apology"),
        ("I'm sorry to hear that.", "empathetic", "text", "sympathy"),
        ("Unfortunately, nothing is open on Tuesday.", "empathetic", "text", "bad news"),
        ("I'm afraid we can't do that.", "empathetic", "text", "bad news"),
        ("You're all set for Tuesday.", "warm", "text", "good news"),
        ("Please call 911 right away.", "serious", "text", "danger"),
        ("I'm sorry, the fee is $20.", "apologetic", "money", "price, apology"),
        ("What day would you like?", "neutral", "text", ""),
        ("We open at 9.", "neutral", "text", ""),
        ("In 2026 we moved.", "neutral", "text", ""),
    ],
)
def test_what_words_suggest(text: str, emotion: str, say_as: str, why: str) -> None:
    style = predict(text)
    assert (style.emotion, style.say_as, style.why) == (emotion, say_as, f"predicted: {why}" if why else "")


def test_an_author_comes_before_a_guess_and_a_guess_before_the_persona() -> None:
    warm, friendly = replace(NEUTRAL, emotion="warm", why="model"), Persona(manner="cheerful and slow")
    assert choose("I'm so sorry.", warm)[0].emotion == "warm"
    assert choose("I'm so sorry.", NEUTRAL, persona=friendly)[0].emotion == "apologetic"
    assert choose("At nine.", NEUTRAL, persona=friendly)[0] == manner_of(friendly)
    assert manner_of(friendly) == replace(NEUTRAL, emotion="cheerful", intensity=0.0, pace=0.85, why="persona")
    assert manner_of(Persona(manner="brief")) == NEUTRAL
    assert choose("At nine.")[0] == NEUTRAL


def test_a_code_keeps_its_form_under_an_authors_emotion() -> None:
    style, _ = choose("Your code is AB12.", replace(NEUTRAL, emotion="warm", why="model"))
    assert (style.emotion, style.say_as, style.pause_before_ms, style.pace) == ("warm", "code", 300, 0.9)


def test_policy_has_the_last_word_and_is_named() -> None:
    style, rules = choose("At nine.", NEUTRAL, ["complaint"], Persona(manner="cheerful"))
    assert (style.emotion, rules) == ("empathetic", ("never-cheerful-after-a-complaint",))
    assert style.why == "persona; never-cheerful-after-a-complaint"


def test_no_persona_colours_a_disclosure() -> None:
    style, rules = choose("This call is recorded.", NEUTRAL, ["disclosure"], Persona(manner="cheerful, fast"))
    assert (style.emotion, style.pace, rules) == ("neutral", 1.0, ("plain-disclosure",))
