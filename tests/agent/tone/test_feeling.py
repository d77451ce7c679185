"""From cues and words to a tone; baselines; moods."""

from __future__ import annotations

import pytest

from agent.tone.baseline import BORDERS, Baseline, Deviation
from agent.tone.cues import Cues
from agent.tone.feeling import judge, with_label
from agent.tone.reading import CALM, mood
from agent.tone.words import FILE, lexicon, read
from calls.errors import ConfigurationError
from calls.speech import Tone

NOTHING = lexicon().told("a table for four")


def far(**degrees: float) -> dict[str, Deviation]:
    """Cues so many borders away from usual."""
    return {cue: Deviation(degree * BORDERS[cue][1], BORDERS[cue][1]) for cue, degree in degrees.items()}


@pytest.mark.parametrize(
    ("text", "feeling", "sure"),
    [
        ("i am really fed up with this", "angry", True),
        ("This is RIDICULOUS!", "angry", True),
        ("for the last time, it's friday", "angry", True),
        ("i'm not angry", "neutral", False),
        ("i am not fed up at all", "neutral", False),
        ("nobody called me and i'm still waiting", "angry", True),
        ("that's annoying", "neutral", False),
        ("i'm so worried, what if it is bad", "uneasy", True),
        ("my mother passed away last week", "sad", True),
        ("you're wonderful, thank you so much", "pleased", True),
        ("oh great", "angry", True),
        ("i am happy to hold", "neutral", False),
        ("yes please", "neutral", False),
        ("", "neutral", False),
    ],
)
def test_words(text: str, feeling: str, sure: bool) -> None:
    tone = judge({}, lexicon().told(text))
    assert tone.feeling == feeling and (tone.confidence >= 0.5) == sure


@pytest.mark.parametrize(
    ("degrees", "feeling"),
    [
        ({}, "neutral"),
        ({"level": 1.5}, "neutral"),
        ({"pitch": 1.5}, "neutral"),
        ({"rate": 1.5}, "neutral"),
        ({"level": 1.2, "pitch": 1.2}, "angry"),
        ({"level": 1.2, "rate": 1.2}, "angry"),
        ({"level": -1.2, "rate": -1.2}, "sad"),
        ({"pitch": 1.2, "rate": 1.2}, "uneasy"),
        ({"level": 0.9, "pitch": 0.9, "rate": 0.9}, "neutral"),
    ],
)
def test_sound(degrees: dict[str, float], feeling: str) -> None:
    tone = judge(far(**degrees), NOTHING)
    assert tone.feeling == feeling and tone.confidence <= 0.66
    assert len(tone.evidence) == sum(abs(degree) >= 1 for degree in degrees.values())


def test_words_and_sound_together_are_surer_than_either() -> None:
    told = lexicon().told("this is ridiculous")
    alone = judge({}, told).confidence
    assert (
        judge(far(level=1.5, pitch=1.5), told).confidence > alone > judge(far(level=1.5, pitch=1.5), NOTHING).confidence
    )


def test_a_mild_word_counts_with_a_sign_in_the_sound() -> None:
    tone = judge(far(level=1.5, rate=1.5), lexicon().told("i said friday"))
    assert tone.feeling == "angry" and "words: i said" in tone.evidence


def test_loud_joy_is_joy() -> None:
    assert judge(far(level=1.5, pitch=1.5), lexicon().told("that is wonderful")).feeling == "pleased"


def test_a_providers_label_is_evidence() -> None:
    ours, label = Tone("angry", confidence=0.6), Tone("angry", confidence=0.5)
    assert with_label(ours, label) == Tone("angry", confidence=0.75, evidence=("provider: angry 0.50",))
    assert with_label(Tone(), label).feeling == "angry"
    assert with_label(ours, Tone("sad", confidence=0.3)).feeling == "angry"


@pytest.mark.parametrize("text", ["[", "edition: 1", FILE.read_text("utf-8").replace("  mild: >-", "  weak: >-")])
def test_a_lexicon_that_cannot_be_read_says_why(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"words\.yaml"):
        read(text, "words.yaml")


# --- baselines ----------------------------------------------------------------------------------


def cues(level_db: float = -20.0, pitch_st: float = 12.0, rate: float = 0.0, speech_ms: float = 2_000.0) -> Cues:
    return Cues(speech_ms, pitch_st, 4.0, level_db, rate, 0.05, 30.0, 40)


def known(turns: int = 4) -> Baseline:
    baseline = Baseline()
    for _ in range(turns):
        baseline.learn(cues())
    return baseline


def test_the_first_turns_are_compared_with_nothing() -> None:
    baseline = Baseline()
    for _ in range(2):
        assert baseline.against(cues(level_db=0.0)) == {}
        baseline.learn(cues())
    assert baseline.against(cues(level_db=0.0))["level"].degree > 1


def test_short_answers_do_not_make_a_caller_known() -> None:
    baseline = Baseline()
    for _ in range(3):
        baseline.learn(cues(speech_ms=500))
    assert not baseline.known


def test_an_outburst_hardly_moves_what_is_usual() -> None:
    baseline = known(5)
    baseline.learn(cues(level_db=0.0))
    assert baseline.usual("level") == pytest.approx(-20, abs=1)


def test_a_louder_street_becomes_usual() -> None:
    baseline = known(4)
    for _ in range(14):
        baseline.learn(cues(level_db=-13.0))
    assert baseline.against(cues(level_db=-13.0))["level"].degree < 1


def test_a_short_turn_has_to_be_farther_off() -> None:
    baseline = known()
    assert (
        baseline.against(cues(rate=0.2))["rate"].degree
        > 1
        > baseline.against(cues(rate=0.2, speech_ms=600))["rate"].degree
    )


# --- moods --------------------------------------------------------------------------------------

ANGRY, SURER = Tone("angry", "high", confidence=0.6, evidence=("energy +8.0 dB",)), Tone("angry", confidence=0.8)
PLAIN = Tone(confidence=0.5)


@pytest.mark.parametrize(
    ("tones", "level", "risk"),
    [
        ([], "calm", "none"),
        ([None, None], "calm", "none"),
        ([PLAIN, PLAIN], "calm", "none"),
        ([Tone("angry", confidence=0.4)], "calm", "none"),
        ([PLAIN, ANGRY], "angry", "elevated"),
        ([ANGRY, PLAIN], "angry", "elevated"),
        ([ANGRY, None, PLAIN, PLAIN], "angry", "elevated"),
        ([ANGRY, PLAIN, PLAIN, PLAIN], "calm", "none"),
        ([ANGRY, SURER], "angry", "high"),
        ([Tone("uneasy", confidence=0.5)], "tense", "none"),
        ([Tone("pleased", "high", confidence=0.6, pitch="high")], "calm", "none"),
        ([Tone(energy="high", overlap=True, confidence=0.5)], "tense", "none"),
    ],
)
def test_moods(tones: list[Tone | None], level: str, risk: str) -> None:
    found = mood(tones)
    assert (found.level, found.risk, found.cautious) == (level, risk, level == "angry")


def test_a_mood_says_what_it_rests_on() -> None:
    assert mood([ANGRY]).evidence == ANGRY.evidence and mood([]) == CALM


def test_talking_over_the_agent_again_and_again_makes_anger_rise() -> None:
    over = Tone("angry", "high", confidence=0.6, overlap=True)
    assert mood([Tone(overlap=True), over]).risk == "high"
