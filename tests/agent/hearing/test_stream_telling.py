"""The grammar of what hearing says, whatever a vendor sends."""

from __future__ import annotations

from hypothesis import given, settings
from hypothesis import strategies as st

from agent.hearing.stream.telling import Telling, spoken_words
from calls.signals import CallerSaid, Signal, SpeechBegan, SpeechFaded, SpeechGrew, TurnLikely, TurnResumed
from calls.speech import Heard


def heard(text: str) -> Heard:
    return Heard(text, 100.0, 900.0)


def kinds(telling: Telling) -> list[type]:
    return [type(signal) for signal in telling.take()]


def test_a_turn_begins_once() -> None:
    telling = Telling()
    telling.began(100.0)
    telling.began(300.0)
    assert telling.take() == [SpeechBegan(100.0)]


def test_the_same_words_grow_once() -> None:
    telling = Telling()
    telling.began(100.0)
    telling.grew("hello")
    telling.grew("hello")
    assert kinds(telling) == [SpeechBegan, SpeechGrew]


def test_punctuation_does_not_take_a_likely_end_back() -> None:
    telling = Telling()
    telling.began(100.0)
    telling.think_over(heard("hello there"))
    telling.grew("Hello, there.")
    telling.said(heard("Hello there!"))
    assert kinds(telling) == [SpeechBegan, TurnLikely, SpeechGrew, CallerSaid]


def test_other_words_do() -> None:
    telling = Telling()
    telling.began(100.0)
    telling.think_over(heard("hello there"))
    telling.said(heard("hello bear"))
    assert kinds(telling) == [SpeechBegan, TurnLikely, TurnResumed, CallerSaid]


def test_a_turn_without_words_fades() -> None:
    telling = Telling()
    telling.began(100.0)
    telling.said(heard("..."))
    assert kinds(telling) == [SpeechBegan, SpeechFaded]


_STEPS = st.tuples(
    st.sampled_from(["began", "grew", "likely", "resumed", "said", "faded"]),
    st.sampled_from(["", "a", "a b", "A b.", "c"]),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_STEPS, max_size=40))
def test_the_grammar_holds_for_anything(steps: list[tuple[str, str]]) -> None:
    telling = Telling()
    told: list[Signal] = []
    for step, text in steps:
        match step:
            case "began":
                telling.began(1.0)
            case "grew":
                telling.began(1.0)
                telling.grew(text)
            case "likely":
                telling.began(1.0)
                telling.think_over(heard(text))
            case "resumed":
                telling.resumed()
            case "said":
                telling.said(heard(text))
            case _:
                telling.faded("no words")
        told += telling.take()
    check(told)


def check(told: list[Signal]) -> None:
    is_open, likely = False, None
    for signal in told:
        match signal:
            case SpeechBegan():
                assert not is_open
                is_open = True
            case SpeechGrew():
                assert is_open
            case TurnLikely():
                assert is_open
                assert likely is None
                likely = spoken_words(signal.heard.text)
            case TurnResumed():
                assert likely is not None
                likely = None
            case CallerSaid():
                assert is_open
                assert likely in (None, spoken_words(signal.heard.text))
                is_open, likely = False, None
            case SpeechFaded():
                assert is_open
                assert likely is None
                is_open = False
