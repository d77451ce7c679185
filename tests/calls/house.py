"""A small script, a line and signals, so that conversation tests read like a call."""

from __future__ import annotations

from dataclasses import dataclass, field

from calls import events as ev
from calls import signals as sg
from calls.commands import Affirm, AskHuman, Command, Deny, FillSlot, Goodbye, Unclear, Wait
from calls.conversation import Conversation
from calls.danger import Danger, Watch
from calls.draft import Decision
from calls.effects import Effect, Judge, Say
from calls.guidance import Guidance, SlotExpectation
from calls.line import HumanDestination, IncomingCall, Line
from calls.ports import EngineTraits
from calls.run import (
    ActionRequest,
    ActionSettled,
    Advance,
    CallerSilent,
    CallFacts,
    Commanded,
    HumanMissed,
    Opened,
    Receipt,
    Resumed,
    Run,
    ScriptLine,
    Stimulus,
    TimeIsUp,
)
from calls.speech import Clause, Heard, HeardBy, Played
from calls.state import CallState

TRAITS = EngineTraits(True, False, "ours", "bridged", exact_hearing=False)
LINE = Line(
    id="desk",
    number="+15550100",
    script="tiny",
    agent_name="Robin",
    business="Harbor Dental",
    greeting="Hello, this is Robin. How can I help?",
    human=HumanDestination("number", "+15550199"),
)
CALL = IncomingCall("CA1", "+15550111", "+15550100")
WALL = "2026-03-10T14:00:00.000+00:00"


class TinyScript:
    """Asks for a day, does one action, says goodbye."""

    def advance(self, run: Run, stimulus: Stimulus, facts: CallFacts) -> Advance:
        match stimulus:
            case Opened():
                events = (ev.WorkflowStarted("tiny", "d1"), ev.StepEntered("day"))
                return Advance(events, (ScriptLine("greeting", facts.greeting),))
            case Commanded(commands=(FillSlot() as fill, *_)):
                filled = ev.SlotFilled(fill.slot, fill.value, fill.text, fill.confidence)
                request = ActionRequest("k1", "book", {"day": fill.value})
                return Advance((filled,), action=request)
            case Commanded(commands=(AskHuman(), *_)):
                line = ScriptLine("handover", "I will put you through.")
                return Advance(lines=(line,), ending="hand_over", disposition="human")
            case Commanded(commands=(Goodbye(), *_)):
                return Advance(lines=(ScriptLine("bye", "Goodbye."),), ending="hang_up", disposition="done")
            case Commanded(commands=(Wait(), *_)):
                return Advance()
            case ActionSettled(receipt=Receipt() as receipt):
                line = ScriptLine("booked", "You are booked. Anything else?", receipt=receipt.key)
                return Advance((ev.OutcomeReached("booked"),), (line,))
            case CallerSilent(count=count):
                return Advance(lines=(ScriptLine(f"silence{count}", "Are you there?"),))
            case HumanMissed():
                return Advance(lines=(ScriptLine("missed", "Nobody is free."),))
            case Resumed():
                return Advance(lines=(ScriptLine("resumed", "The line dropped. Which day?"),))
            case TimeIsUp():
                return Advance(lines=(ScriptLine("time", "Our time is up."),), ending="hang_up", disposition="time")
            case _:
                return Advance(lines=(ScriptLine("again", "Which day? Any day is fine."),))

    def guidance(self, run: Run, facts: CallFacts) -> Guidance:
        return Guidance(step=run.step, primary="day", slots=(SlotExpectation("day", "date"),))


@dataclass
class Bench:
    """A conversation under test: every decision's events and effects, in order."""

    state: CallState = field(default_factory=CallState)
    line: Line = LINE
    watch: Watch = field(default_factory=lambda: WordWatch())
    traits: EngineTraits = TRAITS
    at_ms: float = 0.0
    playing: Played | None = None
    """what sounds at the caller, as the session would say it"""
    events: list[ev.EventBody] = field(default_factory=list)
    effects: list[Effect] = field(default_factory=list)
    stamped: list[tuple[ev.EventBody, float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.conversation = Conversation(self.line, CALL, TinyScript(), self.traits, self.watch)

    def give(self, signal: sg.Signal, after_ms: float = 100.0) -> Decision:
        self.at_ms += after_ms
        decision = self.conversation.decide(self.state, signal, self.at_ms, self.playing)
        self.state = decision.state
        self.events += decision.events
        self.stamped += [(body, self.at_ms) for body in decision.events]
        self.effects += decision.effects
        for effect in decision.effects:
            if isinstance(effect, Judge):
                self.give(self.judged(effect.clause), 0)
        return decision

    def judged(self, clause: Clause) -> sg.Judged:
        """The gate's verdict: here, everything may be said."""
        return sg.Judged(clause.id, clause)

    # --- the call, as a scene ---

    def answer(self) -> None:
        self.give(sg.LineOpened("MZ1", WALL), 0)

    def agent_finishes(self) -> None:
        while self.state.current is not None and self.state.floor != "contested":
            clause = self.state.current
            self.give(sg.Voiced(clause.id, 20.0))
            self.give(sg.PlaybackBegan(clause.id))
            self.give(sg.PlaybackEnded(clause.id, 900.0))

    def caller_begins(self, playing: Played | None = None) -> None:
        self.give(sg.SpeechBegan(self.at_ms, playing))

    def caller_says(self, text: str) -> None:
        self.give(sg.CallerSaid(Heard(text, self.at_ms - 500, self.at_ms)))

    def caller_presses(self, digits: str) -> None:
        self.give(sg.CallerSaid(Heard(digits, self.at_ms - 500, self.at_ms, by=HeardBy.KEYS)))

    def understood(self, *commands: Command) -> None:
        self.give(sg.Understood(self.state.turn, commands, "grammar"))

    def caller_means(self, text: str, *commands: Command) -> None:
        """A whole turn: the caller begins, is heard and is understood."""
        self.caller_begins()
        self.caller_says(text)
        self.understood(*commands)

    def books(self) -> None:
        receipt = Receipt("k1", "book", {"code": "ABC12"}, "digest")
        self.give(sg.ActionDone(ActionSettled("k1", "book", receipt), 30.0))

    # --- what came of it ---

    @property
    def names(self) -> list[str]:
        return [body.name for body in self.events]

    def said(self) -> list[str]:
        return [effect.clause.text for effect in self.effects if isinstance(effect, Say)]

    def effect_names(self) -> list[str]:
        return [type(effect).__name__ for effect in self.effects]

    def forget(self) -> None:
        self.events.clear()
        self.effects.clear()


YES, NO, HUMAN, BYE, HOLD = Affirm(), Deny(), AskHuman(), Goodbye(), Wait()
TUESDAY = FillSlot("day", "2026-03-17", "tuesday")
NONSENSE = Unclear("nothing found")


@dataclass
class WordWatch:
    """Strikes at one word, or at none."""

    word: str = ""
    danger: Danger | None = None

    def find(self, text: str, locale: str, country: str, *, partial: bool = False) -> Danger | None:
        return self.danger if self.word and self.word in text else None


def bench_listening(line: Line = LINE, watch: Watch | None = None) -> Bench:
    """The greeting is over; the caller has the floor."""
    bench = Bench(line=line, watch=watch or WordWatch())
    bench.answer()
    bench.agent_finishes()
    bench.forget()
    return bench
