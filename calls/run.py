"""Where a script stands in one call: a value, changed only by recorded events.

``Director.advance`` is pure and returns the events; the conversation records them and folds them into the run.
Rebuilding a call from its record therefore never asks a script again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

from calls.commands import Command, Value
from calls.guidance import NOTHING_EXPECTED, Guidance
from calls.speech import NEUTRAL, HeardBy, SpeechStyle

if TYPE_CHECKING:
    # Events carry receipts, which are made here: the other way round only the type is needed.
    from calls.events import RunEvent


@dataclass(frozen=True, slots=True)
class SlotValue:
    """A value the caller gave, with its evidence."""

    value: Value
    text: str
    confidence: float
    by: HeardBy = HeardBy.SPEECH
    confirmed: bool = False


@dataclass(frozen=True, slots=True)
class Receipt:
    """Proof that an action was committed: made in its transaction, canonical, digested."""

    key: str
    """idempotency key"""
    action: str
    result: Mapping[str, Value]
    digest: str
    """SHA-256, hex, of the canonical JSON of ``action`` and ``result``"""


@dataclass(frozen=True, slots=True)
class Earlier:
    """Where an earlier call of the same number broke off: what is taken up when its caller says so."""

    call: str
    script: str
    version: str = ""
    step: str = ""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)

    @classmethod
    def of(cls, call: str, run: Run) -> Earlier | None:
        """What of ``run`` may be taken up again in another call; None when it was finished or hardly begun.

        Only what the caller told goes along: nothing that was found out for them, and no proof of who they are.
        """
        if run.confirming == EARLIER_OFFER:
            # Cut off again before an answer: it is still the one before that is to be taken up.
            return run.earlier
        if run.outcome not in BROKEN_OFF or run.awaiting or not run.slots:
            return None
        return cls(call, run.script, run.version, run.step, dict(run.slots))


EARLIER_OFFER = "@earlier"
"""``Run.confirming``: whether an earlier call is taken up awaits a yes"""

BROKEN_OFF = ("", "abandoned", "silent", "time_up", "fault")
"""Outcomes of a call which settled nothing."""


WHOLE_CALL = "@"
"""Counters and facts whose names begin so belong to the call: they stay when scripts call each other."""

DEEPEST = 3
"""How many scripts can wait for others: nobody keeps more in mind."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A script that waits for the one it called."""

    script: str
    version: str
    step: str
    slots: Mapping[str, SlotValue]
    confirming: str
    counters: Mapping[str, int]
    facts: Mapping[str, Value]
    parts: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Verified:
    """Proof of who is calling; it expires with the call, and with the line."""

    level: str
    """``code | facts | one_time_code``"""
    subject: str
    """id of the record that was proved to be theirs"""


@dataclass(frozen=True)
class Run:
    """The state of a script in a call."""

    script: str = ""
    version: str = ""
    """digest of the script's content"""
    step: str = ""
    slots: Mapping[str, SlotValue] = field(default_factory=dict)
    counters: Mapping[str, int] = field(default_factory=dict)
    """attempts and visits, by name"""
    confirming: str = ""
    """slot (or ``*`` for all) whose read-back awaits a yes"""
    awaiting: str = ""
    """idempotency key of the action under way"""
    asked: Mapping[str, Frame] = field(default_factory=dict)
    """idempotency key -> where the script stood when it asked for that to be done: its receipt may come late"""
    receipts: Mapping[str, Receipt] = field(default_factory=dict)
    """by action name: the newest"""
    facts: Mapping[str, Value] = field(default_factory=dict)
    """what actions found out: free times, ticket states"""
    frames: tuple[Frame, ...] = ()
    """scripts that wait for the one they called, innermost last; at most ``DEEPEST``"""
    outcome: str = ""
    outcomes: tuple[str, ...] = ()
    """how called scripts ended, in order"""
    parts: Mapping[str, str] = field(default_factory=dict)
    """slot -> what is known of its value so far, while it is given in pieces"""
    verified: Verified | None = None
    """who is calling, once proved"""
    noted: Mapping[str, Value] = field(default_factory=dict)
    """fields the scripts keep of this call"""
    earlier: Earlier | None = None
    """a call that broke off, offered to be taken up"""


@dataclass(frozen=True, slots=True)
class Opened:
    """The call was answered; nothing has been said."""


@dataclass(frozen=True, slots=True)
class CalledBack:
    """The call was answered, and the same number had a call a few minutes ago which broke off."""

    earlier: Earlier


@dataclass(frozen=True, slots=True)
class Resumed:
    """The caller is back after the line was lost."""


@dataclass(frozen=True, slots=True)
class Commanded:
    """The caller meant this."""

    commands: tuple[Command, ...]
    text: str
    by: HeardBy = HeardBy.SPEECH
    interrupted: bool = False
    """they set in while something was being said, and it was cut"""
    leaving: bool = False
    """the last words were sounding: the caller goes on after the goodbye"""
    set_aside: bool = False
    """it came while something was being looked up or done, and that is not waited for any more"""
    fallback: bool = False
    """the model could not: it was understood on this machine, and no model composes the answer"""
    sure: float = 1.0
    """hearing's confidence in the words"""


@dataclass(frozen=True, slots=True)
class CallerSilent:
    """Nothing came for as long as the guidance allowed; ``count`` in a row."""

    count: int


@dataclass(frozen=True, slots=True)
class ActionSettled:
    """The action under way answered: with a receipt, with facts found, or with a refusal."""

    key: str
    action: str
    receipt: Receipt | None = None
    found: Mapping[str, Value] = field(default_factory=dict)
    refusal: str = ""
    """stable code such as ``slot_taken``; empty when it went well"""
    late: bool = False
    """it had been given up on, and the script was told that it is ``unavailable``"""


@dataclass(frozen=True, slots=True)
class NotComposed:
    """The reply a model was to compose did not come, or not to its end: the script's own words are wanted."""

    reason: str
    """``failed | blocked | empty | timeout``"""


@dataclass(frozen=True, slots=True)
class HumanMissed:
    """The human destination did not take the call: ``busy | no-answer | failed | none``."""

    status: str


@dataclass(frozen=True, slots=True)
class KeysWanted:
    """While the caller keys in secret: the words that ask for ``field``; empty: all is keyed and is being kept."""

    field: str
    why: str = ""
    """what was wrong with it before"""


@dataclass(frozen=True, slots=True)
class CardSpoken:
    """The caller was saying a card number unasked, and is to be stopped."""

    keyed: bool = False
    """they pressed its keys"""


@dataclass(frozen=True, slots=True)
class TimeIsShort:
    """The line's longest call length comes near; the caller has the floor."""

    left_ms: float


@dataclass(frozen=True, slots=True)
class TimeIsUp:
    """The line's longest call length is reached."""


Stimulus = (
    Opened
    | CalledBack
    | Resumed
    | Commanded
    | CallerSilent
    | ActionSettled
    | NotComposed
    | HumanMissed
    | KeysWanted
    | CardSpoken
    | TimeIsShort
    | TimeIsUp
)


@dataclass(frozen=True, slots=True)
class ScriptLine:
    """Words the script wants said now."""

    id: str
    text: str
    interruptible: bool = True
    must_say: bool = False
    receipt: str = ""
    style: SpeechStyle = NEUTRAL
    language: str = ""
    """locale of the words; empty: the line's"""
    press: str = ""
    """keys that sound after the words, for a machine at the other end; a script alone says which"""


@dataclass(frozen=True, slots=True)
class ActionRequest:
    """Something to be done in the world, exactly once."""

    key: str
    """idempotency key: the same for the same wish, whoever asks again"""
    action: str
    arguments: Mapping[str, Value]
    writes: bool = True
    """False for a look-up, which an interruption may cancel"""
    keyed: tuple[str, ...] = ()
    """no action of a back end: the caller keys this in secret, and the vault answers (``calls.vault.SecretField``)"""
    covers: tuple[str, ...] = ()
    """words that cover the wait for it, in order; empty: the house's one"""


Ending = Literal["", "hang_up", "hand_over"]


@dataclass(frozen=True)
class CallFacts:
    """What a script may know of its call. Times are arguments: nothing here reads a clock."""

    call: str
    caller: str
    line: str
    business: str
    agent_name: str
    greeting: str
    locale: str
    timezone: str
    wall: str
    """ISO 8601 with offset, in the line's zone, of the moment being decided"""
    has_human: bool = False
    human_languages: tuple[str, ...] = ()
    """ISO 639-1: what the person a call is handed to speaks beside the line's language"""
    exact_hearing: bool = False
    """False with a recognizer that is unreliable on names and codes: always read back"""
    verified_subject: str = ""
    """id of the record that was proved to be the caller's; empty: nobody is proved"""
    verified_level: str = ""
    composes: bool = False
    """a model can find the words of a reply"""
    survey_question: str = ""
    """asked at the end of a call in which something was done; empty: nothing is asked"""
    keys_at: str = ""
    """where a card or a code can be keyed in secret, ``stream`` or ``carrier``; empty: nowhere"""
    earlier_call: str = ""
    """the call of the same number that broke off and may be taken up: what was held for it is held for this one"""
    unhurried: bool = False
    """the caller is given more time, for the rest of the call"""
    poor_line: bool = False
    """words come through badly: keys are offered sooner, and a goodbye is asked about"""


@dataclass(frozen=True, slots=True)
class Advance:
    """What a script answers to a stimulus."""

    events: tuple[RunEvent, ...] = ()
    """what was decided, in order"""
    lines: tuple[ScriptLine, ...] = ()
    action: ActionRequest | None = None
    composes: bool = False
    """after the lines a model finds the words, within the guidance's brief"""
    guidance: Guidance = NOTHING_EXPECTED
    ending: Ending = ""
    disposition: str = ""
    """``booked``, ``declined``, ``callback`` ...; set with an ending"""
