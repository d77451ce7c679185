"""The instruction language among a model's words: read however the stream is split, and never spoken."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.style.directive import EMOTIONS, FORMS, LANGUAGE, Refused, Styled, StyleStream, read_items
from calls.speech import NEUTRAL, SpeechStyle
from tests.counts import full_counts

ITEMS = [*EMOTIONS, *FORMS, "0", "1", "2", "slow", "normal", "fast", "soft", "loud", "pause", "pause:400", "pause=50"]
WRONG = ["angry", "shout", "3", "-1", "pause:99999", "pause:x", "warm1", "slow fast", "…", "<", ">", "", "a" * 60]
SPEECH = ["I'm so sorry.", " That's five past nine, ", "Fine!", "10 euros", "\n", "one, two", "a.m. ", "Zoë, hi"]


def read(pieces: list[str]) -> list[Styled | Refused]:
    stream = StyleStream()
    given = [one for piece in pieces for one in stream.feed(piece)] + stream.finish()
    joined: list[Styled | Refused] = []
    for one in given:
        last = joined[-1] if joined else None
        if isinstance(one, Styled) and isinstance(last, Styled) and one.style == last.style:
            joined[-1] = Styled(last.text + one.text, one.style)
        else:
            joined.append(one)
    return joined


def spoken(text: str) -> str:
    return "".join(one.text for one in read([text]) if isinstance(one, Styled))


def asks(emotion: str = "neutral", **fields: object) -> SpeechStyle:
    return SpeechStyle(emotion=emotion, why="model", **fields)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("Hello there.", [Styled("Hello there.", NEUTRAL)]),
        ("<<warm>> Hello.", [Styled("Hello.", asks("warm"))]),
        ("<<warm,1,slow>>Hello.", [Styled("Hello.", asks("warm", intensity=0.5, pace=0.85))]),
        ("<< Warm , 2 >> Hello.", [Styled("Hello.", asks("warm", intensity=1.0))]),
        (
            "<<calm>> One. <<cheerful,0,fast>> Two.",
            [Styled("One. ", asks("calm")), Styled("Two.", asks("cheerful", intensity=0.0, pace=1.12))],
        ),
        ("<<code,pause>> AB12", [Styled("AB12", asks(say_as="code", pause_before_ms=300))]),
        ("<<pause:450,soft>> Hm.", [Styled("Hm.", asks(pause_before_ms=450, volume=0.7))]),
        ("<<calm>> One. <<>> Two.", [Styled("One. ", asks("calm")), Styled("Two.", NEUTRAL)]),
        ("<<angry>> Hello.", [Refused("angry"), Styled("Hello.", NEUTRAL)]),
        ("<<angry,slow>> Hello.", [Refused("angry"), Styled("Hello.", asks(pace=0.85))]),
        ("<<pause:2001>> Hello.", [Refused("pause:2001"), Styled("Hello.", NEUTRAL)]),
        ("<<warm> Hello.", [Styled("Hello.", asks("warm"))]),
        ("<<<warm>>> Hello.", [Styled("Hello.", asks("warm"))]),
        ("<<warm,1 I'm sorry.", [Refused("no end"), Styled("I'm sorry.", NEUTRAL)]),
        ("<<warm, 1, I'm sorry.", [Refused("no end"), Styled("I'm sorry.", NEUTRAL)]),
        ("<<warm", [Refused("no end")]),
        ("One <", [Styled("One ", NEUTRAL)]),
        ("5 < 6 > 4", [Styled("5 6 4", NEUTRAL)]),
        ("", []),
    ],
)
def test_what_a_model_writes_is_read(text: str, found: list[Styled | Refused]) -> None:
    assert read([text]) == found


def test_the_language_a_model_is_told_is_the_one_that_is_read() -> None:
    for name in (*EMOTIONS, *(form for form in FORMS if form != "text"), "slow", "fast", "soft", "loud", "pause"):
        assert name in LANGUAGE
        assert read_items(name)[1] == ()


def _reply(chance: random.Random) -> tuple[str, str]:
    """Words among directives right and wrong, and the words alone."""
    parts, words = [], ""
    for _ in range(chance.randint(1, 5)):
        items = [chance.choice(ITEMS if chance.random() < 0.7 else WRONG[:7]) for _ in range(chance.randint(0, 4))]
        said = chance.choice(SPEECH)
        parts.append(f"<<{','.join(items)}>>{said}")
        words += said
    return "".join(parts), words


def _plain(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("seed", range(40))
def test_every_split_of_a_stream_says_the_same_and_no_directive(seed: int) -> None:
    chance = random.Random(seed)
    for _ in range(60 if full_counts() else 6):
        text, words = _reply(chance)
        whole = read([text])
        assert _plain("".join(one.text for one in whole if isinstance(one, Styled))) == _plain(words)
        for cut in range(len(text) + 1):
            assert read([text[:cut], text[cut:]]) == whole
        cuts = sorted(chance.choices(range(len(text) + 1), k=6))
        assert read([text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]) == whole
        assert read(list(text)) == whole


@given(
    st.lists(st.one_of(st.sampled_from([*ITEMS, *WRONG, "<<", ">>", "<", ">", ",", *SPEECH]), st.text(max_size=8))),
    st.randoms(use_true_random=False),
)
def test_no_bracket_is_ever_spoken(parts: list[str], chance: random.Random) -> None:
    text = "".join(parts)
    cuts = sorted(chance.choices(range(len(text) + 1), k=5))
    pieces = [text[a:b] for a, b in zip([0, *cuts], [*cuts, len(text)], strict=True)]
    given_back = read(pieces)
    assert given_back == read([text])
    said = "".join(one.text for one in given_back if isinstance(one, Styled))
    assert "<" not in said
    assert ">" not in said


@given(st.lists(st.sampled_from(ITEMS), min_size=1, max_size=5), st.text("abcdefgh .,!", max_size=30))
def test_nothing_between_the_brackets_is_speech(items: list[str], words: str) -> None:
    body = ",".join(items)[:48]
    assert _plain(spoken(f"{words}<<{body}>>{words}")) == _plain(words * 2)


@given(st.text(max_size=80))
def test_words_without_brackets_pass_but_for_doubled_blanks(text: str) -> None:
    plain = text.replace("<", "").replace(">", "")
    assert _plain(spoken(plain)) == _plain(plain)
