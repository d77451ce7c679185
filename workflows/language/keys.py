"""Every key of the language: what it is called, what may stand there, and what it means.

The one table of the language's grammar. The readers take the names they accept from it; the JSON Schema, the
formatter's order of keys, and the reference in ``docs/language.md`` are drawn from it or compared with it. A new key
is a row here and a reader that reads it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum


class Shape(StrEnum):
    """What may stand at a key."""

    name = "name"
    """an identifier of ours"""
    text = "text"
    texts = "texts"
    """a text, or a list of them"""
    phrases = "phrases"
    """the same, written one a line"""
    line = "line"
    """words with gaps, or a mapping with ``text``"""
    lines = "lines"
    rungs = "rungs"
    """at most three lines"""
    truth = "truth"
    whole = "whole"
    number = "number"
    hours = "hours"
    limit = "limit"
    """a date, a time or a number"""
    value = "value"
    """a value of a slot"""
    values = "values"
    slot = "slot"
    slots = "slots"
    names = "names"
    """a name, or a list of them"""
    step = "step"
    pressed = "pressed"
    """keys to be sounded"""
    kind = "kind"
    policy = "policy"
    action = "action"
    secret = "secret"
    """``card`` or ``code``"""
    human = "human"
    options = "options"
    """id: what people say for it"""
    arguments = "arguments"
    refused = "refused"
    """code of a refusal: step"""
    cases = "cases"
    intents = "intents"
    fills = "fills"
    """slot of another script: text"""
    bindings = "bindings"
    """slot of another script: what it is set to, as an argument is"""
    takes = "takes"
    """slot of this script: slot of the other"""
    asks = "asks"
    """slot: line"""
    proof = "proof"
    """slots, or ``one_time_code``"""
    record = "record"
    """``booking`` or ``customer``"""
    digressions = "digressions"
    """ids of scripts and topics, ``none`` or ``all``"""
    locale = "locale"
    mode = "mode"
    """``free``, ``composed`` or ``strict``"""
    notes = "notes"
    source = "source"
    """what an argument of an action is taken from"""
    migrations = "migrations"
    """digest: {step of that version: step of this}"""
    slot_table = "slot_table"
    topic_table = "topic_table"
    step_table = "step_table"
    wording = "wording"


@dataclass(frozen=True, slots=True)
class Key:
    """One key of a mapping."""

    name: str
    shape: Shape
    meaning: str
    """one sentence, for the reference and for editors"""
    needed: bool = False
    only: tuple[str, ...] = ()
    """kinds of slot it is for; empty: for all"""
    least: int = 0
    most: int = 0
    """limits of a whole number"""


HANDS_TO = ("human", "message", "callback")
"""Where a call can be handed over to."""

SECRETS = ("card", "code")
"""What can be keyed in secret."""

PRESSED = re.compile(r"[0-9*#w]{1,32}")
"""Keys that can be sounded; ``w`` waits."""

RECORDS = ("booking", "customer")
"""What a caller can prove to be theirs."""

MODES = ("free", "composed", "strict")
"""How closely replies of a model are held to what is known: see ``calls.guidance.Mode``."""

_LIMITED = ("date", "number", "ordinal", "party_size", "time")

Keys = tuple[Key, ...]
"""In the order in which the formatter writes them."""


def names(keys: Iterable[Key]) -> tuple[str, ...]:
    """The keys as they are written."""
    return tuple(key.name for key in keys)


_THEN = Key("then", Shape.step, "The step that follows; left out, the one written below.")
_ASK = Key("ask", Shape.line, "The question.", needed=True)
_LADDER: Keys = (
    Key("no_match", Shape.rungs, "What is said when the answer was not understood: the first time, the second, ..."),
    Key("silence", Shape.rungs, "What is said when no answer comes: the first time, the second, the third."),
    Key("keys", Shape.line, "How the same can be entered with the telephone's keys."),
    Key("help", Shape.line, "What is said to a caller who asks what is meant."),
)
_MANNER: Keys = (
    Key("retries", Shape.whole, "How often it is asked before a way out is offered: 1 to 5, else 3.",
        least=1, most=5),
    Key("digressions", Shape.digressions, "Scripts and topics the caller may go to from here; all of them, or none."),
    Key("language", Shape.locale, "The locale of what is said and heard here."),
    Key("acknowledges", Shape.truth, "Whether we say mm-hm in a long turn of the caller's; never inside digits."),
    Key("takes_floor", Shape.truth, "Whether a caller who has spoken for 45 seconds is politely asked for a word."),
)  # fmt: skip
_WITH = Key("with", Shape.bindings, "Slots of the other script and what they are set to.")

SCRIPT: Keys = (
    Key("script", Shape.name, "The script's name, as lines and other scripts call it.", needed=True),
    Key("title", Shape.text, "What it is about, in words that can be spoken.", needed=True),
    Key("says", Shape.phrases, "How callers ask for it, in their words."),
    Key("hours", Shape.hours, "When a person answers: two times, the earlier first."),
    Key("keeps", Shape.slots, "Slots that stay known when it is started again in the same call."),
    Key("on_cancel", Shape.step, "Where a caller who wants to stop is led."),
    Key("on_change", Shape.step, "Where a caller is led who wants to change what is done already."),
    Key("on_undo", Shape.step, "Where a caller is led who wants to cancel what is done already."),
    Key("locale", Shape.locale, "The locale of what is said and heard; left out, the line's."),
    Key("dispositions", Shape.names, "How its calls may be filed; every end has to be among them."),
    Key("fields", Shape.notes, "What is kept of every call, under names of your own."),
    Key("migrates", Shape.migrations, "Where calls go on that began with an older version which is gone."),
    Key("wording", Shape.wording, "Words of its own in place of the house's."),
    Key("slots", Shape.slot_table, "What can be known."),
    Key("topics", Shape.topic_table, "Questions beside the script, and their answers."),
    Key("steps", Shape.step_table, "What is done, in order; the first is where it begins.", needed=True),
)

SLOT: Keys = (
    Key("kind", Shape.kind, "Which kind of value it is: how it is heard, checked and read back.", needed=True),
    Key("names", Shape.texts, "What people call it; the first is what we call it."),
    Key("options", Shape.options, "For a choice: an id for each, and what people say for it.", only=("choice",)),
    Key("length", Shape.whole, "For a code: how many characters it has.", only=("code",), least=1, most=64),
    Key("pattern", Shape.text, "For a code: the regular expression it has to match.", only=("code",)),
    Key("minimum", Shape.limit, "The least it may be; for a date also today or today+N.", only=_LIMITED),
    Key("maximum", Shape.limit, "The most it may be; for a date also today or today+N.", only=_LIMITED),
    Key("among", Shape.text, "The fact, a list, in which the value has to stand."),
    Key("confirm", Shape.policy, "When it is read back: never, implicit, explicit, or unsure."),
    Key("offer_caller", Shape.truth, "For a phone: whether the number the caller calls from is proposed.",
        only=("phone",)),
    Key("optional", Shape.truth, "Whether the caller may have none."),
)  # fmt: skip

TOPIC: Keys = (
    Key("says", Shape.texts, "How callers ask it.", needed=True),
    Key("answer", Shape.line, "What is answered, in words that are always true.", needed=True),
)

LINE: Keys = (
    Key("text", Shape.text, "The words.", needed=True),
    Key("must_say", Shape.truth, "Whether it is said to its end, also when the caller speaks over it."),
    Key("interruptible", Shape.truth, "Whether the caller can stop it by speaking."),
    Key("language", Shape.locale, "The locale in which its values are put into words."),
    Key("press", Shape.pressed, "Keys that sound after the words, for a machine at the other end: 0-9 * #, w to wait."),
)

INTENT: Keys = (
    Key("says", Shape.texts, "How callers ask for it.", needed=True),
    Key("then", Shape.step, "The step it leads to."),
    Key("script", Shape.name, "The script it starts."),
)

CASE: Keys = (
    Key("slot", Shape.slot, "The slot that is looked at."),
    Key("fact", Shape.text, "The fact that is looked at."),
    Key("call", Shape.text, "What is asked of the call itself."),
    Key("is", Shape.values, "The values for which the branch is taken."),
    Key("known", Shape.truth, "The branch is taken when there is a value, or with false when there is none."),
    Key("then", Shape.step, "Where the branch leads.", needed=True),
)

NOTE: Keys = (
    Key("kind", Shape.kind, "Which kind of value it is.", needed=True),
    Key("from", Shape.source, "What it is taken from: a slot, fact.X, receipt.ACTION.FIELD, or {text: WORDS}.",
        needed=True),
)  # fmt: skip

ARGUMENT: Keys = (
    Key("text", Shape.text, "The argument, word for word; gaps like {slot} make it free text.", needed=True),
)

STEPS: Mapping[str, Keys] = {
    "collect": (
        Key("collect", Shape.slot, "Ask for this slot, unless it is known.", needed=True),
        _ASK,
        Key("yes", Shape.value, "The value a bare yes stands for."),
        Key("no", Shape.value, "The value a bare no stands for."),
        *_LADDER,
        *_MANNER,
        _THEN,
    ),
    "confirm": (
        Key("confirm", Shape.slots, "Read these slots back, and go on only after a yes to all of them.", needed=True),
        _ASK,
        Key("change", Shape.line, "Asked after a plain no: what shall be changed."),
        *_LADDER,
        *_MANNER,
        Key("declined", Shape.step, "The step for who does not want it: says so, or no, nothing, no.", needed=True),
        _THEN,
    ),
    "act": (
        Key("act", Shape.action, "Ask for this to be done, and wait for the answer.", needed=True),
        Key("arguments", Shape.arguments, "What the action is given."),
        Key("say", Shape.line, "Said while it is waited for."),
        Key("wait", Shape.line, "Said when it takes longer; left out, what fits the action."),
        _THEN,
        Key("refused", Shape.refused, "For each way it may refuse, the step that follows; else for the rest.",
            needed=True),
    ),
    "capture": (
        Key("capture", Shape.secret, "Have the caller key a card, or a code, in secret: nobody hears it, and it is "
            "kept nowhere.", needed=True),
        Key("postcode", Shape.truth, "For a card: whether the post code of its address is asked for too."),
        Key("say", Shape.line, "Said before the caller is asked for it."),
        _THEN,
        Key("refused", Shape.refused, "For each way it may come to nothing, the step that follows; else for the rest.",
            needed=True),
    ),
    "decide": (
        Key("decide", Shape.cases, "Branches, tried in order.", needed=True),
        Key("else", Shape.step, "Where it goes on when no branch is taken; left out, the step below."),
    ),
    "choose": (
        Key("choose", Shape.intents, "Ask what the caller wants, and lead there.", needed=True),
        _ASK,
        Key("yes", Shape.step, "Where a bare yes leads."),
        Key("no", Shape.step, "Where a bare no leads."),
        *_LADDER,
        *_MANNER,
    ),
    "open": (
        Key("open", Shape.text, "A model finds the words here: what it may talk about, in a sentence.", needed=True),
        _ASK,
        Key("persona", Shape.text, "Who speaks, and how."),
        Key("facts", Shape.texts, "What is so: beside the topics, all that replies may be made of."),
        Key("never", Shape.texts, "What a reply may not do, each as you would tell it to a person: give advice."),
        Key("mode", Shape.mode, "How much of its own a model may say: free, composed (else), or strict."),
        Key("say", Shape.lines, "Its own words, when no model finds any: the first line whose gaps are filled.",
            needed=True),
        Key("question", Shape.slot, "The slot, free text, for a question that neither facts nor topics answer."),
        Key("look_up", Shape.step, "Where such a question leads; its answer is told when the way comes back here."),
        Key("exits", Shape.intents, "Where callers are led who want something else than an answer."),
        Key("no", Shape.step, "Where a bare no leads: the caller wants nothing more."),
        *_LADDER,
        *_MANNER,
    ),
    "verify": (
        Key("verify", Shape.record, "Have the caller prove that a booking, or a customer's record, is theirs.",
            needed=True),
        Key("by", Shape.proof, "What proves it: slots which all have to match, or one_time_code.", needed=True),
        Key("ask", Shape.asks, "For a slot, the question; left out, the house's own."),
        Key("attempts", Shape.whole, "How many tries the caller has: 1 to 5, else 3.", least=1, most=5),
        *_MANNER,
        _THEN,
        Key("failed", Shape.step, "The step after the last try, when the record is locked, or who has nothing to give.",
            needed=True),
    ),
    "call": (
        Key("call", Shape.name, "Another script is called; this one goes on when it has come to its end.", needed=True),
        Key("say", Shape.line, "Said before it begins."),
        _WITH,
        Key("takes", Shape.takes, "Slots of this script and those of the other they are taken from afterwards."),
        _THEN,
    ),
    "start": (
        Key("start", Shape.name, "Another script takes over, for good: nothing comes back.", needed=True),
        Key("say", Shape.line, "Said before it begins."),
        Key("with", Shape.fills, "Slots of the other script that are set."),
    ),
    "message": (
        Key("message", Shape.line, "Say this and take a message; alone, for good, else it comes back.", needed=True),
        Key("into", Shape.slot, "The slot for the message, free text; left out, one called message."),
        Key("name", Shape.slot, "The slot for the caller's name, when it is asked for."),
        Key("phone", Shape.slot, "The slot for the caller's number; left out, the number called from."),
        Key("ask", Shape.asks, "For the name and the phone, the question; left out, the house's own."),
        Key("read_back", Shape.line, "How it is read back; left out, in the house's words."),
        *_MANNER,
        _THEN,
        Key("declined", Shape.step, "The step when it shall not be passed on; left out, as then."),
        Key("failed", Shape.step, "The step when it cannot be taken down; left out, as then, after saying so."),
    ),
    "hand_over": (
        Key("hand_over", Shape.human, "To a person: human; or for good to a message or a callback.", needed=True),
        Key("say", Shape.line, "Said before the caller is put through."),
        Key("otherwise", Shape.step, "The step when nobody can be reached; left out, a message is taken."),
    ),
    "end": (
        Key("end", Shape.name, "The call ends here, and is filed like this.", needed=True),
        Key("say", Shape.lines, "The last words."),
    ),
    "say": (
        Key("say", Shape.lines, "Said word for word.", needed=True),
        Key("clears", Shape.slots, "Slots that are forgotten."),
        Key("sets", Shape.bindings, "Slots and what they are set to afterwards: a fact.X, a receipt.X or a slot."),
        _THEN,
    ),
}  # fmt: skip
"""By the verb that makes a step what it is. ``say`` is last: other verbs may have it too."""
