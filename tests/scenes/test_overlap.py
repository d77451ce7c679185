"""Who talks over the agent, in whole calls: what ends its turn, what does not, and how soon it is heard again."""

from __future__ import annotations

import json
import random
from dataclasses import dataclass, field

import pytest

from agent.scripted import scripted_noise, scripted_words
from calls import events as ev
from telephony.media import handle_media
from telephony.twin import Caller
from telephony.twin.memory import MemorySocket
from telephony.twin.soundcheck import Span, spans
from tests.corpora.overlap.checking import HALVES, said
from tests.counts import count
from tests.scenes.stage import House, Played, asked, run_scene

QUESTIONS = ("what are your opening hours", "when are you open", "what time do you close")
ANSWER = (
    "We are open Monday to Saturday, from nine in the morning to six in the evening. "
    "Would you like a cleaning, a check-up or a consultation?"
)
PER_CALL = {"acknowledgement": 5, "noise": 5, "interruption": 1}
"""an interruption may well end the call"""
ACKNOWLEDGES = [one for half in HALVES for one in said(half) if one.kind == "acknowledgement"]
INTERRUPTS = [one for half in HALVES for one in said(half) if one.kind == "interruption"]


@dataclass
class Sound:
    """Something that is heard while the agent speaks."""

    id: str
    what: str | bytes
    after_s: float


def drawn(seed: int, kind: str) -> list[Sound]:
    """What one caller says over the agent."""
    chance = random.Random(f"{kind}-{seed}")
    sounds: list[Sound] = []
    for _ in range(PER_CALL[kind]):
        after_s = chance.uniform(0.5, 2.0)
        if kind == "noise":
            ms = chance.choice((180, 250, 400, 700, 1_200, 2_500))
            sounds.append(Sound(f"noise {ms} ms", scripted_noise(ms), after_s))
        else:
            one = chance.choice(ACKNOWLEDGES if kind == "acknowledgement" else INTERRUPTS)
            sounds.append(Sound(one.id, one.text, after_s))
    return sounds


@dataclass
class Wire:
    """What was sent to the carrier, with the time of the process's clock."""

    sent: list[tuple[float, str]] = field(default_factory=list)
    origin_ms: float = 0.0
    """when the call was answered"""

    def tap(self, house: House) -> None:
        async def serve(socket: MemorySocket) -> None:
            original = socket.send_text

            async def send(text: str) -> None:
                (session,) = house.host.sessions
                self.origin_ms = house.clock.now_ms() - session.now_ms()  # type: ignore[attr-defined]
                self.sent.append((house.clock.now_ms(), text))
                await original(text)

            socket.send_text = send  # type: ignore[method-assign]
            house.sockets.append(socket)
            await handle_media(socket, house.media)

        house._serve = serve  # type: ignore[method-assign]

    def after_clear(self, played: Played) -> list[str]:
        """Frames and marks sent after a ``clear`` and before anything was to sound again."""
        again = [
            at + self.origin_ms
            for at, body in ((event.at_ms, event.body) for event in played.events)
            if isinstance(body, ev.AgentResumed | ev.LineChosen)
        ]
        wrong, generation, cleared_ms = [], 1, None
        for at, text in self.sent:
            message = json.loads(text)
            match message["event"]:
                case "clear":
                    generation, cleared_ms = generation + 1, at
                case "media" if cleared_ms is not None:
                    if not any(cleared_ms - 1 <= resumed <= at + 1 for resumed in again):
                        wrong.append(f"media at {at}")
                    cleared_ms = None
                case "mark":
                    clause, _, its = message["mark"]["name"].rpartition("#")
                    if clause and its != str(generation):
                        wrong.append(message["mark"]["name"])
        return wrong


def overlapped(sounds: list[Sound], seed: int, wire: Wire) -> Played:
    """A caller asks for the opening hours again and again, and is heard over each answer."""

    async def caller(phone: Caller) -> None:
        await asked(phone, "This call is recorded", "cleaning")
        for place, sound in enumerate(sounds):
            await phone.says(QUESTIONS[place % len(QUESTIONS)])
            await phone.interrupts(sound.what, after=sound.after_s, text=sound.id)
            await phone.waits_for_agent()

    return run_scene(caller, seed=seed, prepare=wire.tap, may_give_up=True)


@dataclass
class Outcome:
    """How the agent took one sound."""

    sound: Sound
    went_on: bool
    silent_ms: float | None
    """from its onset until the agent was heard again; None: it never was"""
    whole_words: bool
    yielded_ms: float | None


def outcomes(played: Played, sounds: list[Sound]) -> list[Outcome]:
    """By the caller's own ear, and by the record."""
    agent = played.result.tape.read("agent", 0, int(played.result.duration_ms * 8))
    heard = spans(agent, 120)
    acts = [turn for turn in played.result.turns if turn.kind == "speech"]
    interjections = acts[1::2]
    cut_at = played.at(ev.AgentInterrupted)
    found: list[Outcome] = []
    for place, (sound, act) in enumerate(zip(sounds, interjections, strict=False)):
        until = acts[2 * place + 2].start_ms if 2 * place + 2 < len(acts) else played.result.duration_ms
        cut = any(act.start_ms - 50 <= at < until for at in cut_at)
        silent_ms, whole = again(agent, heard, act.start_ms, until)
        found.append(Outcome(sound, not cut, silent_ms, whole, act.yielded_ms))
    return found


def again(agent: bytes, heard: list[Span], onset_ms: float, until_ms: float) -> tuple[float | None, bool]:
    """When the agent was heard again after ``onset_ms``, and whether what followed began with a whole word."""
    cut = next((span for span in heard if span.start_ms <= onset_ms <= span.end_ms), None)
    ended = cut.end_ms if cut is not None else onset_ms
    after = [span for span in heard if ended < span.start_ms < until_ms]
    if not after:
        return None, False
    words = scripted_words(agent[after[0].start_ms * 8 : (after[0].end_ms + 20) * 8]).split()
    told = ANSWER.split()
    return after[0].start_ms - onset_ms, any(words == told[n : n + len(words)] for n in range(len(told)))


def measured(kind: str, seeds: int) -> list[Outcome]:
    found: list[Outcome] = []
    for seed in range(seeds):
        sounds, wire = drawn(seed, kind), Wire()
        played = overlapped(sounds, seed, wire)
        assert wire.after_clear(played) == [], f"seed {seed}\n{played.transcript}"
        assert len(played.all(ev.OnsetJudged)) >= len(played.all(ev.AgentPaused)), "each verdict is on the record"
        found += outcomes(played, sounds)
    assert len(found) >= 0.8 * seeds * PER_CALL[kind], "the callers came to speak"
    return found


def share(found: list[Outcome], good: list[Outcome]) -> float:
    return len(good) / len(found)


def told(found: list[Outcome]) -> str:
    """The failures, by the ids of the corpus."""
    return "; ".join(f"{o.sound.id}: went on {o.went_on}, {o.silent_ms} ms, {o.whole_words}" for o in found)


@pytest.mark.parametrize("kind", ["acknowledgement", "noise"])
def test_what_asks_for_nothing_does_not_end_the_turn(kind: str) -> None:
    found = measured(kind, count(full=60, quick=5))
    good = [o for o in found if o.went_on and o.silent_ms is not None and o.silent_ms <= 1_000 and o.whole_words]
    assert share(found, good) >= 0.85, told([o for o in found if o not in good])


def test_interruptions_are_yielded_to() -> None:
    found = measured("interruption", count(full=400, quick=16))
    good = [o for o in found if not o.went_on]
    assert share(found, good) >= 0.98, told([o for o in found if o not in good])
    late = sorted(o.yielded_ms for o in good if o.yielded_ms is not None)
    assert late[int(0.95 * len(late))] <= 250, late


def test_who_goes_on_after_a_noise_is_heard_all_the_same() -> None:
    async def caller(phone: Caller) -> None:
        await asked(phone, "This call is recorded", "cleaning")
        await phone.says("what are your opening hours")
        noise_then_words = scripted_noise(1_500) + await phone.voiced("a check-up please")
        await phone.interrupts(noise_then_words, after=0.8, text="a check-up please")
        await asked(phone, "What day")

    played = run_scene(caller)
    kinds = [body.kind for body in played.all(ev.OnsetJudged)]
    assert kinds == ["noise", "interruption"]
    assert len(played.all(ev.AgentInterrupted)) == 1
