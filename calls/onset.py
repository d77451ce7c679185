"""What the caller's words are that came while the agent spoke: an interruption, or nothing that takes the floor."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from calls.aside import is_aside
from calls.events.turns import OnsetKind
from calls.guidance import Guidance
from calls.phrases import bare_words, is_acknowledgement, is_hesitation
from calls.speech import Heard, HeardBy, Tone
from calls.state import CallState

LEAST_ECHO, LEAST_OF_A_CHOICE = 4, 6
"""words: fewer in a row anybody may say after us, who has just been asked or offered something more"""
LIKELY_ECHO = 0.85
"""of the words have to be ours, in our order"""
_NEVER_ECHO = re.compile(r"\d|^(?:no|not|nope|wait|stop|dont|wrong|sorry|actually|but)$")
"""A miss or a mark of this kind: the caller corrects what they heard."""
FAINT_DB = 8.0
"""softer than the caller's turns before: their mouth is not at the telephone, or it is somebody else's"""
_SOFTLY = 0.5
"""confidence in a tone below which its loudness tells nothing"""
_SOUNDED = 8
"""words of ours that may still come back: an echo is a fraction of a second old"""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What an onset is taken for, and by which of its marks."""

    kind: OnsetKind
    reason: str

    @property
    def yields(self) -> bool:
        """Whether it takes the floor."""
        return self.kind == "interruption"


SHORT_MS, SHORT_WORDS = 700.0, 2
"""Words that are over sooner, and of no use here, are an acknowledgement that was misheard: "chair" for "sure", "Mama"
for "mm-hm", "the hound" for "uh-huh". As hearing measures them, with some 100 ms in which the last sound fades."""
_HEEDED_WORDS = """
    stop wait no not nope nah dont what who whom whose which why where when how hello hi hey hold sorry pardon excuse
    repeat again help agent human person operator representative manager cancel goodbye bye back wrong never nothing
    slower slow louder loud faster yes emergency fire police ambulance quiet enough hang silence speak listen nevermind
    incorrect false change actually but skip pass
"""
_HEEDED = frozenset(_HEEDED_WORDS.split())
"""Single words that are never overheard, whatever is being asked."""
_VALUE_WORDS = """
    today tomorrow tonight noon midnight morning afternoon evening monday tuesday wednesday thursday friday saturday
    sunday january february march april may june july august september october november december zero one two three four
    five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty
    thirty forty fifty sixty seventy eighty ninety hundred first second third last next later earlier earliest latest
    none
"""
_VALUES = frozenset(_VALUE_WORDS.split())
"""... and those that are not where they may answer, correct or choose something."""
_FUNCTION_WORDS = """
    a an the i you it we they he she me us them is are am was were be been do does did have has had to of in on at for
    and or my your our their this that these those there can could would will get got so if as with
"""
_FUNCTION = frozenset(_FUNCTION_WORDS.split())
"""Words that stand in every way of saying anything, and alone name nothing."""
_FOR_US_WORDS = """
    help hello hi agent human person operator representative manager repeat again cancel goodbye bye emergency fire
    police ambulance sorry pardon excuse wrong actually press
"""
_FOR_US = frozenset(_FOR_US_WORDS.split())
"""Words that are not said to anybody else often enough, however softly."""
_AMONG_WAYS = frozenset({"yes_no", "choice"})
"""kinds whose answers are among the words that the script names"""
_SURE = 0.85
"""confidence below which a word that no option is named by is no wording of an option either"""
_ANY_WORD = frozenset({"person_name", "spelled_name", "free_text", "address", "email", "code", "postcode", "choice"})
"""kinds an unknown word may be a value of, unless one is being read back"""


NOTHING_SAID = Verdict("noise", "no_words")


def judge(
    state: CallState, text: str, guidance: Callable[[], Guidance], tone: Tone | None = None, softer_db: float = 0.0
) -> Verdict:
    """``text``: what was said, or is known of it so far. ``state``: of the moment before it is a turn.

    ``guidance``: what the script expects in it; only asked where the words leave a choice. ``softer_db``: than the
    caller's turns before.
    """
    if not any(character.isalnum() for character in text):
        return NOTHING_SAID
    if state.unanswered or state.keyed is not None:
        return Verdict("interruption", "continues")  # it belongs to the turn before, which is still being understood
    words = bare_words(text)
    if len(words) >= LEAST_ECHO and _is_echo(words, _sounded(state)) and not _repeats(words, guidance()):
        return Verdict("echo", "repeats_us")
    if is_hesitation(text):
        return Verdict("acknowledgement", "hesitates")
    if is_acknowledgement(text):
        return Verdict("interruption", "answers") if _answers(state) else Verdict("acknowledgement", "acknowledges")
    faint = tone is not None and tone.energy == "low" and tone.confidence >= _SOFTLY
    if is_aside(text, guidance(), faint=faint or softer_db >= FAINT_DB):
        return Verdict("side_talk", "to_another")
    if softer_db >= FAINT_DB and is_of_no_use(text, guidance()):
        return Verdict("side_talk", "softly")
    return Verdict("interruption", "words")


def _answers(state: CallState) -> bool:
    """In the last clause, which asks, "okay" answers once half of it is heard. Nobody agrees to what they have not."""
    onset = state.caller.onset
    paused = onset.paused if onset is not None and onset.paused is not None else state.paused
    if paused is None:
        return False  # what was held back has not been heard at all
    if not paused.clause and state.composing is not None:
        return False
    clauses = [clause for reply in state.replies for clause in reply.clauses]
    if not clauses:
        return True
    asks = clauses[-1]
    heard_half = 2 * len(paused.heard_text.split()) >= len(asks.text.split())
    return paused.clause == asks.id and heard_half


def is_misheard(state: CallState, heard: Heard, guidance: Guidance) -> bool:
    """Whether a word or two over ours, too short to mean much, are nothing the script could use: an acknowledgement of
    which hearing has made other words. Never so where we ask: a short word answers."""
    words = bare_words(heard.text)
    sure = heard.confidence >= _SURE
    few = 0 < len(words) <= (1 if sure else SHORT_WORDS)
    if not few or heard.to_ms - heard.from_ms >= SHORT_MS or heard.by is not HeardBy.SPEECH:
        return False
    onset = state.caller.onset
    paused = onset.paused if onset is not None and onset.paused is not None else state.paused
    clause = state.clause(paused.clause) if paused is not None else None
    if clause is None or clause.text.rstrip().endswith("?"):
        return False
    return not any(_is_heeded(w, guidance) or len(w) == 1 or _has_use(w, guidance, sure=sure) for w in words)


MOST_READ_OTHERWISE = 3
"""words"""
SHORT_TURN_MS = 1_000.0


def is_read_otherwise(text: str, guidance: Guidance) -> bool:
    """Whether words that came after an acknowledgement, in the same breath, may be the same one in other words: few,
    and none of which anybody or the script would make anything. A recognizer reads "uh-huh" in many ways."""
    words = bare_words(text)
    use = any(_is_heeded(word, guidance) or _has_use(word, guidance, sure=False) for word in words)
    return len(words) <= MOST_READ_OTHERWISE and not use


def is_of_no_use(text: str, guidance: Guidance) -> bool:
    """Whether ``text`` names nothing that the script knows, and can be no answer to what was asked.

    Enough to overhear it, where it was much softer than this caller speaks; never where any words may be the answer,
    or a yes or no is awaited.
    """
    words = bare_words(text)
    slot = guidance.slot(guidance.primary)
    if guidance.proposed is not None or guidance.offered or not words or _FOR_US.intersection(words):
        return False
    if slot is not None and slot.kind not in _AMONG_WAYS and (
        slot.kind in _ANY_WORD or any(_is_heeded(word, guidance) for word in words)
    ):
        return False
    said = f" {' '.join(words)} "
    options = [option for slot in guidance.slots for option in slot.options]
    ways = (way for option in (*options, *guidance.workflows, *guidance.topics) for way in option.says)
    return not any(f" {' '.join(bare_words(way))} " in said for way in ways)


def _is_heeded(word: str, guidance: Guidance) -> bool:
    if word in _HEEDED:
        return True
    slot = guidance.slot(guidance.primary)
    among_ways = slot is not None and slot.kind in _AMONG_WAYS and guidance.proposed is None and not guidance.offered
    return not among_ways and (word in _VALUES or word.isdigit())


def _has_use(word: str, guidance: Guidance, *, sure: bool = True) -> bool:
    slot = guidance.slot(guidance.primary)
    any_word = slot is not None and slot.kind in _ANY_WORD and (sure or slot.kind != "choice")
    if any_word and guidance.proposed is None:
        return True
    if word in _FUNCTION:
        return False
    options = [option for slot in guidance.slots for option in slot.options]
    ways = [way for option in (*options, *guidance.workflows, *guidance.topics) for way in option.says]
    names = [name for slot in guidance.slots for name in slot.names]
    return any(word in bare_words(way) for way in (*ways, *names))


# --- our own voice ----------------------------------------------------------------------------------------------


def _sounded(state: CallState) -> list[str]:
    """The newest words of ours that the caller's telephone has played, and those that were about to sound."""
    onset = state.caller.onset
    paused = onset.paused if onset is not None and onset.paused is not None else state.paused
    if paused is None:
        return []
    heard = bare_words(paused.heard_text)
    before = [said for said in state.talk if said.by == "agent" and said.clause != paused.clause][-1:]
    clause = state.clause(paused.clause)
    # Where the play-out stands is known to a word or two.
    ahead = bare_words(clause.text)[len(heard) : len(heard) + 2] if clause is not None else []
    words = [*(word for said in before for word in bare_words(said.text)), *heard]
    return [*words[-_SOUNDED:], *ahead]


def _repeats(words: Sequence[str], guidance: Guidance) -> bool:
    """Whether a caller may say just that: something they were asked for, or offered, in our own words."""
    asked = guidance.primary or guidance.proposed is not None or guidance.offered or guidance.workflows
    return bool(asked) and len(words) < LEAST_OF_A_CHOICE


def _is_echo(words: Sequence[str], sounded: Sequence[str]) -> bool:
    if any(_NEVER_ECHO.search(word) for word in words if word not in sounded):
        return False
    ours, missed = _in_order(words, sounded)
    return ours / len(words) >= LIKELY_ECHO and not any(_NEVER_ECHO.search(word) for word in missed)


def _in_order(words: Sequence[str], sounded: Sequence[str]) -> tuple[int, list[str]]:
    """The most of ``words`` that stand close together in ``sounded``, in order; and the others."""
    best, missed = 0, list(words)
    for start in range(len(sounded)):
        at, found, others = start, 0, list[str]()
        for word in words:
            # A recognizer may lose a word of an echo; it does not leap.
            near = next((place for place in range(at, min(at + 3, len(sounded))) if sounded[place] == word), None)
            if near is None:
                others.append(word)
            else:
                at, found = near + 1, found + 1
        if found > best:
            best, missed = found, others
    return best, missed
