"""What each voice is sent for a style, word by word; and that nothing of the text is lost or leaks into marks."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from html import unescape
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from agent.speaking.words import letters, plain
from agent.style.directive import EMOTIONS, read_items
from agent.style.lexicon import Lexicon
from agent.style.render.elevenlabs import render_settings, render_tags
from agent.style.render.openai import render_instructions
from agent.style.render.plain import render_aura, render_flux, render_offline
from agent.style.render.rendering import Rendering, asked_for
from agent.style.render.twilio import render_say
from calls.line import Term
from calls.speech import NEUTRAL, SpeechStyle

VOICES: dict[str, Callable[[str, SpeechStyle, Lexicon], Rendering]] = {
    "elevenlabs": render_settings,
    "elevenlabs_tags": render_tags,
    "aura": render_aura,
    "flux": render_flux,
    "say": render_say,
    "openai": render_instructions,
    "offline": render_offline,
}
TERMS = Lexicon([Term("Invisalign", say="in-VIZ-uh-line", ipa="ɪnˈvɪzəlaɪn"), Term("Zoë", ipa="ˈzoʊi"), Term("plain")])
GOLDEN: list[dict[str, Any]] = yaml.safe_load(Path(__file__).with_name("golden.yaml").read_text("utf-8"))

styles = st.builds(
    SpeechStyle,
    emotion=st.sampled_from(list(EMOTIONS)),
    intensity=st.floats(-1, 2),
    pace=st.floats(0.1, 5),
    volume=st.floats(0, 5),
    say_as=st.sampled_from(["text", "code", "digits", "spell", "money", "date"]),
    pause_before_ms=st.integers(-10, 5_000),
)


@pytest.mark.parametrize("voice", VOICES)
@pytest.mark.parametrize("row", GOLDEN, ids=[row["directive"] or "none" for row in GOLDEN])
def test_what_a_directive_becomes(row: dict[str, Any], voice: str) -> None:
    style, refused = read_items(row["directive"])
    assert refused == ()
    sent, expected = VOICES[voice](row["text"], style, TERMS), row[voice]
    assert sent.text == expected["text"]
    assert dict(sent.controls) == expected.get("controls", {})
    assert dict(sent.fixed) == expected.get("fixed", {})
    assert list(sent.applied) == expected.get("applied", [])
    assert list(sent.dropped) == expected.get("dropped", [])


@pytest.mark.parametrize("voice", VOICES)
def test_every_emotion_is_applied_or_dropped(voice: str) -> None:
    for emotion in EMOTIONS:
        sent = VOICES[voice]("Hello", replace(NEUTRAL, emotion=emotion), TERMS)
        name = f"emotion:{emotion}"
        assert (name in sent.applied) != (name in sent.dropped) or emotion == "neutral"


@given(st.sampled_from(list(VOICES)), st.text(max_size=60), styles)
def test_any_style_gives_settings_in_range_and_an_account(voice: str, text: str, style: SpeechStyle) -> None:
    sent = VOICES[voice](text, style, TERMS)
    controls = {**sent.controls, **sent.fixed}
    assert 0.0 <= float(controls.get("stability", 0.5)) <= 1.0
    least, most = {"elevenlabs": (0.7, 1.2), "aura": (0.7, 1.5), "flux": (0.5, 1.5), "openai": (0.25, 4.0)}.get(
        voice, (0.0, 9.0)
    )
    assert least <= float(controls.get("speed", 1.0)) <= most
    if voice in ("aura", "flux"):
        assert round(float(controls.get("speed", 1.0)) * 20, 6).is_integer()
    account = {name.partition(">")[0].partition(":")[0] for name in (*sent.applied, *sent.dropped)}
    assert {name.partition(":")[0] for name in asked_for(style)} <= account


@given(st.text("abcdef &<>[]'\".,", max_size=40))
def test_markup_in_the_words_is_no_mark(text: str) -> None:
    assert "<" not in render_settings(text, NEUTRAL, TERMS).text
    assert "[" not in render_tags(text, NEUTRAL, TERMS).text
    assert unescape(render_say(text, NEUTRAL, TERMS).text) == text


@pytest.mark.parametrize(
    ("pace", "voice", "dropped"),
    [(0.5, "elevenlabs", ("pace:0.5>0.7",)), (2.0, "flux", ("pace:2>1.5",)), (0.72, "aura", ()), (0.95, "flux", ())],
)
def test_a_pace_out_of_reach_is_told(pace: float, voice: str, dropped: tuple[str, ...]) -> None:
    assert VOICES[voice]("Hello", replace(NEUTRAL, pace=pace), TERMS).dropped == dropped


def test_terms_are_whole_words_longest_first_in_any_case() -> None:
    terms = Lexicon(
        [Term("ACE", say="ayss"), Term("ACE inhibitor", say="ayss in-HIB-it-er"), Term("St. Ives", say="saint")]
    )
    assert terms.respelled("Ace inhibitor, ace, pace, St. Ives") == "ayss in-HIB-it-er, ayss, pace, saint"


def test_a_pronunciation_no_voice_of_ours_can_be_told_is_reported() -> None:
    assert TERMS.unused(ipa=False) == ("Zoë",)
    assert TERMS.unused(ipa=True) == ()
    assert "Zoë" in render_settings("Ask Zoë", NEUTRAL, TERMS).text


def test_letters_are_counted_without_marks() -> None:
    sent = render_settings("Code AB12", replace(NEUTRAL, say_as="code", pause_before_ms=300), TERMS).text
    assert plain(sent) == "Code A B, one two"
    assert letters(sent) == len("CodeABonetwo")
