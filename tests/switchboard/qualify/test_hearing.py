"""Hearing qualified on virtual time, over vendors' wires in memory; callers speak in tones that can be read."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from agent import models, tone_text
from agent.companding import linear_to_mulaw
from agent.resilience.prices import read_prices
from calls.clock import LoopClock
from calls.guidance import Guidance, SlotExpectation
from calls.virtual_time import run_virtual
from switchboard import settings
from switchboard.cli import main
from switchboard.loopback.ears import Ears, Word
from switchboard.loopback.hearing import Delays, Fault, Trouble
from switchboard.qualify.hearing import Utterance, measure, utterances
from switchboard.qualify.measures import Measured, divergences
from switchboard.qualify.providers import Bench
from switchboard.qualify.verdict import checks
from tests.contracts.hearing.stand import LINE, hearing_of, server_of
from tests.loopback.tones import ToneEars

NOVA, FLUX = "deepgram/nova-3", "deepgram/flux"
SAID = (
    ("date", "next Tuesday would be fine", "next tuesday"),
    ("phone", "two one two five five five zero one four three", "two one two five five five zero one four three"),
    ("time", "half past two in the afternoon", "half past two in the afternoon"),
    ("person_name", "my name is Anna Miller", "anna miller"),
)


PATIENT = Delays(final=300.0)
"""longer than the quiet after which these ears know that a word is over"""


def spoken() -> list[Utterance]:
    made = []
    for number, (kind, text, slot) in enumerate(SAID, 1):
        asked = Guidance("qualify", primary="value", slots=(SlotExpectation("value", kind),))
        made.append(Utterance(f"u{number}", text, slot, asked, linear_to_mulaw(tone_text.encode(text).pcm16)))
    return made


class HardOfHearing(ToneEars):
    """Hears "nine" for "five" and "Anna" as "Hannah"."""

    def hear(self, audio: bytes) -> tuple[list[float], list[Word]]:
        began, words = super().hear(audio)
        wrong = {"five": "nine", "anna": "hannah"}
        return began, [replace(word, text=wrong.get(word.text.lower(), word.text)) for word in words]


def tried(
    kind: str = NOVA,
    ears: Callable[[], Ears] = ToneEars,
    delays: Delays | None = None,
    faults: tuple[Fault, ...] = (),
    key: str = "",
) -> Measured:
    async def run() -> Measured:
        bench = Bench(settings.read({}), None, LoopClock(), LINE)  # type: ignore[arg-type]
        async with server_of(kind, ears, delays or PATIENT, faults).network() as dial:
            hearing = hearing_of(kind, dial, key=key) if key else hearing_of(kind, dial)
            return await measure(kind, hearing, spoken(), bench, read_prices())

    return run_virtual(run())


def missed(candidate: Measured, current: Measured) -> list[str]:
    return [check.name for check in checks("hearing", candidate, current) if not check.holds]


@pytest.mark.parametrize("kind", [NOVA, FLUX])
def test_one_that_hears_all(kind: str) -> None:
    found = tried(kind)
    assert [(answer.id, answer.given) for answer in found.answers if not answer.right] == []
    assert (found.errors, found.share("failed"), found.share("wrong")) == (0, 0.0, 0.0)
    assert found.words == sum(len(text.split()) for _, text, _ in SAID)
    assert found.usd is not None and found.usd > 0
    assert missed(found, found) == []


def test_the_time_counts_from_the_end_of_speech() -> None:
    quick, slow = tried(delays=Delays(final=300.0)), tried(delays=Delays(final=700.0))
    before, after = quick.latency(0.5), slow.latency(0.5)
    assert before is not None and after is not None
    assert 280.0 <= before <= 400.0
    assert 680.0 <= after <= 900.0


def test_one_that_mishears_the_words_that_matter() -> None:
    found, current = tried(ears=HardOfHearing), tried()
    assert [answer.right for answer in found.answers] == [True, False, True, False]
    assert found.errors == 4
    assert {"right", "word error"} <= set(missed(found, current))
    worst = divergences(found, current)
    assert [(one.id, one.weight) for one in worst] == [("u2", 2), ("u4", 2)]


def test_one_that_is_slow() -> None:
    late = (Fault(Trouble.SLOW_FINAL, ms=2_000.0),)
    assert "latency p95" in missed(tried(FLUX, faults=late), tried(FLUX))


def test_one_that_refuses() -> None:
    found = tried(faults=(Fault(Trouble.REFUSE, status=401),))
    assert {answer.failed for answer in found.answers} == {"key"}
    assert found.words == 0
    assert {"right", "failed"} <= set(missed(found, tried()))


def test_one_that_falls_silent_has_heard_nothing() -> None:
    found = tried(faults=(Fault(Trouble.MUTE),))
    assert not any(answer.right for answer in found.answers)
    assert found.latency(0.5) is None
    assert missed(found, tried())


@pytest.mark.models
def test_this_machine_hears_its_callers(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    if faults := models.faults():
        pytest.skip(faults[0])
    made = utterances()
    assert len(made) == 18 and all(len(one.mulaw) > 3_000 for one in made)
    assert len({one.voice for one in made}) == 3
    assert [one.mulaw for one in utterances()] == [one.mulaw for one in made]


def test_a_vendor_of_several_is_named_in_full(capsys: pytest.CaptureFixture[str]) -> None:
    arguments = ["qualify", "--stage", "hearing", "--candidate", "deepgram", "--against", "offline"]
    assert main(arguments) == 2
    assert "deepgram/flux, deepgram/nova-3" in capsys.readouterr().err
