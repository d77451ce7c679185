"""One answer of the director while it is being made: events, words, and the run they lead to."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime

from calls.codec import canonical
from calls.commands import Value
from calls.events import CallNoted, OutcomeReached
from calls.phrases import clauses_of
from calls.run import ActionRequest, Advance, CallFacts, Ending, Run, ScriptLine, SlotValue
from calls.speech import NEUTRAL, HeardBy, SpeechStyle
from spoken import Choice, Context
from workflows.language.catalogue import ACTIONS
from workflows.language.claims import claim_in
from workflows.language.model import SURVEY_QUESTION, Act, Argument, Asking, Collect, Line, Place, Slot
from workflows.language.scripts import ScriptSet
from workflows.language.wording import WORDING
from workflows.progress import Progress
from workflows.rendering import fill, without_sentences

ECHOED = "_echoed"
"""fact: slots said in passing with the open question, which a bare no takes back"""

CHANGED = "@changed"
"""fact: keys of the two newest changes of a person's record, the older first"""

ENDED = "@ended."
"""fact, by action: key of what took its work away"""

SLOW_PACE = 0.85
"""of the voice's usual pace, once a caller has asked for it"""


LEFT = frozenset({"abandoned", "declined", "silent"})
"""Ways to leave which say less of a call than how a request in it ended."""

LOUD_VOLUME = 1.5
"""times the voice's usual volume, once a caller has asked for it"""


Way = tuple[str, str, str]
"""script, step, the step that followed it"""


class Turn(Progress):
    """Collects what follows from one stimulus."""

    def __init__(self, scripts: ScriptSet, run: Run, facts: CallFacts) -> None:
        super().__init__(scripts, run, facts)
        self.lines: list[ScriptLine] = []
        self.action: ActionRequest | None = None
        self.composes = False
        """a model finds the words that follow"""
        self.looked_up = False
        """an answer has been looked up for them"""
        self.ending: Ending = ""
        self.tongue = ""
        """locale of the line being put into words, where it has its own"""
        self.echoed = str(run.facts.get(ECHOED, ""))
        """slots said in passing with the question that was open"""
        self.wished: dict[str, SlotValue] = {}
        """values given for what is done already: the script which changes it is begun with them"""
        self.told: list[str] = []
        """say steps spoken in this turn, each as ``SCRIPT/STEP``"""
        self.ways: list[Way] = []
        """edges that were followed, for those who count them"""

    def elsewhere(self, script: str, step: str) -> Turn:
        """A turn of the same call at a step of another script, of which no value is known."""
        run = replace(self.run, script=script, version="", step=step, slots={}, confirming="", frames=())
        return Turn(self.scripts, run, self.facts)

    # --- words ------------------------------------------------------------------------------------------

    @property
    def own_locale(self) -> str:
        """The locale the step or the script asks for in place of the call's; empty: none."""
        if not self.run.script:
            return ""
        step = self.step
        return (step.manner.language if isinstance(step, Asking) else "") or self.script.locale

    @property
    def locale(self) -> str:
        """The locale values are spoken and heard in."""
        return self.own_locale or self.facts.locale

    def context(self, slot: Slot | None = None) -> Context:
        """What a value is read, checked and spoken against."""
        return Context(
            now=datetime.fromisoformat(self.facts.wall),
            tz=self.facts.timezone,
            locale=self.tongue or self.locale,
            choices=tuple(Choice(option.id, option.says) for option in slot.options) if slot else (),
            length=slot.length if slot else None,
            pattern=slot.pattern if slot else None,
            business_hours=self.script.hours if self.run.script else None,
        )

    def value_of(self, place: Place) -> Value | None:
        """What stands in a gap; None when it is not known."""
        match place.source:
            case "slot":
                return self.known(place.name)
            case "fact":
                return self.run.facts.get(place.name)
            case "receipt":
                receipt = self.run.receipts.get(place.action)
                return receipt.result.get(place.name) if receipt else None
            case "call":
                known = str(getattr(self.facts, place.name))
                return known or (SURVEY_QUESTION if place.name == "survey_question" else "")

    def words_of(self, place: Place) -> str:
        """What stands in a gap, in words; empty when it is not known."""
        value = self.value_of(place)
        slot = self.script.slots.get(place.name) if place.source == "slot" else None
        if value is None or value == "":
            return self.wording("none_given") if slot is not None and self.has_none(slot) else ""
        held = self.run.slots.get(slot.name) if slot else None
        wanted = self.run.facts.get(f"_wanted.{place.name}") if place.source == "fact" else None
        doubtful = held is not None and not held.confirmed and held.by is not HeardBy.KEYS
        spelled = doubtful and self.counted(f"refused.{place.name}") > 0
        return fill(place.kind, value, self.context(slot), spelled=spelled, wanted=wanted)

    def spoken(self, slot: Slot) -> str:
        """A slot's value in words."""
        return self.words_of(Place("slot", slot.name, slot.kind))

    def say(self, name: str, line: Line, *, short: bool = False, at: str = "") -> None:
        """A line of the script; left out when something it speaks of is not known. ``short``: only what it asks.

        ``at``: the step it belongs to, when that is not the one the caller is at.
        """
        if self.run.verified is None and any(place.personal for place in line.places):
            return
        self.tongue = line.language
        pieces = [part if isinstance(part, str) else self.words_of(part) for part in self._told(line)]
        self.tongue = ""
        if not all(pieces):
            return
        text = ""
        for piece in pieces:
            text += sentence_case(piece) if text.endswith((". ", "? ", "! ")) else piece
        if self.facts.unhurried and isinstance(self.step, Collect):
            text = one_question(text)
        self._utter(name, question_in(text) if short else text, line, at)

    def _told(self, line: Line) -> tuple[str | Place, ...]:
        """A line's parts, without a sentence about nothing but what the caller has none of."""
        slots = self.script.slots if self.run.script else {}
        none = [p for p in line.places if p.source == "slot" and p.name in slots and self.has_none(slots[p.name])]
        return without_sentences(line.parts, none) if none else line.parts

    def in_words(self, line: Line) -> str:
        """A line of the script as it would be said; empty when something it speaks of is not known."""
        pieces = [part if isinstance(part, str) else self.words_of(part) for part in self._told(line)]
        personal = self.run.verified is None and any(place.personal for place in line.places)
        return "" if personal or not all(pieces) else "".join(pieces)

    def word(self, key: str, extra: str = "", *, must_say: bool = False) -> None:
        """The house's own words (or the script's in their place), and perhaps some more."""
        text = self.wording(key)
        self.utter(f"house.{key}", f"{text} {extra}".strip(), must_say=must_say)

    def wording(self, key: str) -> str:
        """The house's own words for ``key``, or the script's in their place."""
        own = self.script.wording.get(key) if self.run.script else None
        if own is not None:
            return "".join(part if isinstance(part, str) else self.words_of(part) for part in own.parts)
        return WORDING[key].format(business=self.facts.business, agent_name=self.facts.agent_name)

    def utter(self, name: str, text: str, *, must_say: bool = False) -> None:
        """Words composed here, from values and the house's own."""
        self._utter(name, text, Line((), must_say=must_say))

    def _utter(self, name: str, text: str, line: Line, at: str = "") -> None:
        proven = self.script.committed.get(at or self.run.step, ()) if self.run.script else ()
        owner = next((place.action for place in line.places if place.source == "receipt"), "")
        if not owner and proven and claim_in(text):
            owner = proven[-1]
        receipt = self.run.receipts.get(owner)
        self.lines.append(
            ScriptLine(
                id=name,
                text=sentence_case(text),
                interruptible=line.interruptible,
                must_say=line.must_say,
                receipt=receipt.key if receipt else "",
                style=self.style,
                language=line.language or (self.own_locale if line.parts else ""),
                press=line.press,
            )
        )

    @property
    def style(self) -> SpeechStyle:
        """Slower, or louder, for those who asked."""
        slow, loud = self.counted("@slow"), self.counted("@loud")
        if not slow and not loud:
            return NEUTRAL
        pace, volume = SLOW_PACE if slow else 1.0, LOUD_VOLUME if loud else 1.0
        return replace(NEUTRAL, pace=pace, volume=volume, why="the caller asked")

    # --- actions ----------------------------------------------------------------------------------------

    def arguments(self, step: Act) -> dict[str, Value]:
        """What an action is given; what is not known is left out."""
        found = {name: self.given(argument) for name, argument in step.arguments.items()}
        return {name: value for name, value in found.items() if value is not None and value != ""}

    def given(self, argument: Argument) -> Value | None:
        """What an argument stands for; None when it is not known."""
        match argument.source:
            case "slot":
                return self.known(argument.name)
            case "fact":
                return self.run.facts.get(argument.name)
            case "text":
                return argument.name
            case "line":
                return self._written(argument.line)
            case "caller":
                return self.facts.caller
            case "reason":
                return self.run.facts.get("reason", self.script.title)
            case "receipt":
                action, _, field = argument.name.partition(".")
                receipt = self.run.receipts.get(action)
                return receipt.result.get(field) if receipt else None

    def _written(self, line: Line | None) -> str | None:
        """A text with gaps as it is written down: values as they are kept, choices in words; None with a gap empty."""
        pieces: list[str] = []
        for part in line.parts if line is not None else ():
            value = part if isinstance(part, str) else self.value_of(part)
            if value is None or value == "":
                return None
            spoken = isinstance(part, Place) and part.kind in ("choice", "yes_no")
            pieces.append(self.words_of(part) if spoken and isinstance(part, Place) else str(value))
        return "".join(pieces)

    def key_of(self, step: Act) -> str:
        """The idempotency key: the same wish in the same call has the same key, however often it is asked."""
        wish: dict[str, object] = {
            "call": self.facts.call, "action": step.action, "arguments": dict(self.arguments(step))
        }  # fmt: skip
        if step.personal and self.run.verified is not None:
            # The same words about another person's record are another wish.
            wish["subject"] = self.run.verified.subject
        # What was changed in between makes the same words a new wish: booked, cancelled, booked again.
        ended = self.run.facts.get(f"{ENDED}{step.action}")
        if ended:
            wish["ended"] = ended
        ends = self._ended_by(step)
        if ends and not step.personal and ends in self.run.receipts:
            # What is taken back is what was done last, not what was done and taken back before it.
            wish["of"] = self.run.receipts[ends].key
        before, _, last = str(self.run.facts.get(CHANGED, ",")).partition(",")
        if step.personal and last:
            own = _digest({**wish, "after": before} if before else wish)
            return own if own == last else _digest({**wish, "after": last})
        return _digest(wish)

    def changed(self, step: Act) -> None:
        """Remember that a person's record was changed; only the two newest matter to ``key_of``."""
        _, _, last = str(self.run.facts.get(CHANGED, ",")).partition(",")
        key = self.key_of(step)
        if key != last:
            self.learn(CHANGED, f"{last},{key}")
        if ends := self._ended_by(step):
            self.learn(f"{ENDED}{ends}", key)

    def _ended_by(self, step: Act) -> str:
        """The action whose work ``step`` takes away: the one it names, where it can be asked to undo any."""
        named = self.arguments(step).get("what") if step.ends and not step.personal else None
        return str(named) if named in ACTIONS else step.ends

    def committed(self, step: Act) -> bool:
        """Whether exactly this has been done in this call."""
        receipt = self.run.receipts.get(step.action)
        return receipt is not None and receipt.key == self.key_of(step)

    # --- the end ----------------------------------------------------------------------------------------

    def leave(self, ending: Ending, disposition: str) -> None:
        """The call ends after these words; what was achieved outweighs how it ended."""
        self.ending = ending
        self.note_fields()
        if not self.run.outcome:
            ended = self.run.outcomes[-1] if self.run.outcomes and disposition in LEFT else disposition
            self.record(OutcomeReached(ended))

    def note_fields(self) -> None:
        """Keep what the script wants kept of its calls, as far as it is known."""
        for note in self.script.notes.values() if self.run.script else ():
            value = self.given(note.source)
            if value is not None and value != "" and self.run.noted.get(note.name) != value:
                self.record(CallNoted(note.name, value))

    def finished(self) -> Advance:
        """All of it, without the guidance."""
        if self.lines and self.run.script:
            told = ",".join(self.told)
            if told or self.run.facts.get("_told"):
                self.learn("_told", told)
        return Advance(
            events=tuple(self.events),
            lines=tuple(self.lines),
            action=self.action,
            composes=self.composes and self.action is None and not self.ending,
            ending=self.ending,
            disposition=self.run.outcome if self.ending else "",
        )


def _digest(wish: Mapping[str, object]) -> str:
    return hashlib.sha256(canonical(dict(wish))).hexdigest()  # type: ignore[arg-type]  # a Value is JSON


def question_in(text: str) -> str:
    """The last sentence that asks; all of it when none does."""
    return next((sentence for sentence in reversed(clauses_of(text)) if sentence.endswith("?")), text)


def one_question(text: str) -> str:
    """Up to the first question: what else is asked can wait for its answer."""
    sentences = clauses_of(text)
    first = next((n for n, sentence in enumerate(sentences) if sentence.endswith("?")), len(sentences))
    return " ".join(sentences[: first + 1])


def sentence_case(text: str) -> str:
    """With a capital at the front."""
    return text[:1].upper() + text[1:]
