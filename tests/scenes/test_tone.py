"""The same words said calmly and in anger, in whole calls: what stands on the record differs, the words do not.

The voice of a scene is made of tones, which a recognizer of its own reads; it can be said louder and faster, and is
heard through the shipped hearing, tone included. Its pitch means nothing: only loudness and pace are changed.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest

from agent.companding import linear_to_mulaw, louder, mulaw_to_linear
from agent.guardrail.modes import raised
from agent.scripted import scripted_speech
from agent.style.policy import moment_of, shipped
from agent.tone.reading import mood
from calls import events as ev
from calls.speech import SpeechStyle, Tone
from calls.state import rebuild
from telephony.twin import Caller, CallerScript
from tests.scenes.stage import LINES, Played, asked, run_scene

ON = LINES.replace("    timezone:", "    tone: on\n    timezone:")
SAID = "next tuesday at ten"
CHEERFUL = SpeechStyle(emotion="cheerful")


def plainly(text: str) -> bytes:
    """As people talk on the telephone: 10 dB under the loudest a scripted voice gets."""
    return linear_to_mulaw(louder(mulaw_to_linear(scripted_speech(text)), 0.3))


def angrily(text: str) -> bytes:
    """The same, 10 dB louder and half as fast again."""
    return scripted_speech(text, 180)


def books(last: Callable[[str], bytes]) -> CallerScript:
    async def caller(phone: Caller) -> None:
        await asked(phone, "cleaning")
        await phone.says(plainly("hello please book another check-up"), text="check-up")
        await phone.waits_for_agent()
        await phone.says(plainly("perhaps something around lunchtime would suit"), text="lunchtime")
        await phone.waits_for_agent()
        await phone.says(last(SAID), text=SAID)
        await phone.waits_for_agent()

    return caller


def tones(played: Played) -> list[Tone | None]:
    return [body.tone for body in played.all(ev.CallerSpoke)]


@pytest.fixture(scope="module")
def calm() -> Played:
    return run_scene(books(plainly), lines=ON)


@pytest.fixture(scope="module")
def angry() -> Played:
    return run_scene(books(angrily), lines=ON)


def test_equal_words_said_calmly_and_angrily_have_another_tone(calm: Played, angry: Played) -> None:
    (*before, said), (*same, otherwise) = (played.all(ev.CallerSpoke) for played in (calm, angry))
    assert said.text == otherwise.text == SAID
    assert [spoke.tone.feeling for spoke in (*before, *same, said)] == ["neutral"] * 5
    assert (said.tone.energy, said.tone.pace) == ("usual", "usual")
    assert (otherwise.tone.feeling, otherwise.tone.energy, otherwise.tone.pace) == ("angry", "high", "fast")
    assert any(cue.startswith("energy +") for cue in otherwise.tone.evidence)


def test_style_gate_mode_and_risk_follow_from_it(calm: Played, angry: Played) -> None:
    calls = (calm, angry)
    styles = [shipped().apply(CHEERFUL, moment_of(tones(played)[-1]))[0].emotion for played in calls]
    assert styles[0] == "cheerful" and styles[1] != "cheerful"
    assert [raised("free", SAID, rebuild(played.events).feeling, ()) for played in calls] == ["free", "composed"]
    assert [mood(tones(played)).risk for played in calls] == ["none", "elevated"]


def test_off_is_off() -> None:
    assert set(tones(run_scene(books(angrily)))) == {None}


def test_a_record_with_tones_is_rebuilt(angry: Played) -> None:
    assert rebuild(angry.events).turn == 3
