"""Words as patterns see them, and phrases matched by the words that carry them."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from calls.guidance import Option
from spoken.tokens import words_of

COURTESY = frozenset(
    [
        "please",
        "thanks",
        "thank",
        "you",
        "uh",
        "um",
        "er",
        "erm",
        "hmm",
        "oh",
        "ah",
        "well",
        "so",
        "okay",
        "ok",
        "yeah",
        "yes",
        "hi",
        "hey",
        "hello",
        "just",
        "like",
        "now",
        "then",
        "no",
        "sir",
        "maam",
        "por",
        "favor",
        "bitte",
        "actually",
        "and",
        "but",
        "can",
        "could",
        "would",
        "may",
        "i",
    ]
)
_LIGHT = frozenset(
    [
        "a",
        "an",
        "the",
        "i",
        "id",
        "im",
        "ive",
        "ill",
        "we",
        "would",
        "want",
        "need",
        "wanna",
        "like",
        "to",
        "please",
        "for",
        "of",
        "and",
        "or",
        "my",
        "me",
        "it",
        "is",
        "its",
        "in",
        "on",
        "at",
        "with",
        "that",
        "this",
        "some",
        "can",
        "could",
        "have",
        "get",
        "do",
        "does",
        "be",
        "you",
        "your",
        "our",
        "us",
        "am",
        "are",
        "was",
        "will",
        "there",
        "any",
        "thanks",
        "thank",
        "hi",
        "hello",
        "just",
        "so",
        "uh",
        "um",
        "what",
        "whats",
        "when",
        "where",
        "how",
        "much",
        "many",
    ]
)
_WEIGHTLESS = _LIGHT | COURTESY
_QUESTION = re.compile(
    r"^(?:(?:and|so|but|um|uh|er|erm|hmm|oh|ah|okay|ok|well|hi|hello|hey|also|actually|sorry|yes|yeah|yep|sure|no|wait|look|"
    r"listen|say|just|first|before that|before i do|by the way|hold on|hang on|tell me|excuse me|quick question|"
    r"one question|one more thing|one thing|can i ask|let me ask|may i ask|do you know|i was wondering|"
    r"im wondering|you know|like)\s+)*"
    r"(?:what|whats|when|where|wheres|how|hows|why|who|which|is|am|are|was|were|has|do|does|did|will|can|could|would|may|should|have)\b"
)
_TAG = re.compile(r"\b(?:are|arent|is|isnt|do|dont|can|cant|will|wont) (?:you|it|that|this|they)$")
"""what makes a question of a statement: "you're no person, are you" """
_NEGATED = re.compile(r"\b(?:no longer|not|dont|cant|cannot|never|stop|isnt|wont|didnt)\b")
_OWN_WISH = re.compile(
    r"\b(?:can|could|may|might) (?:i|we)\b.{0,12}\b(?:book|make|get|have|reserve|schedule|come|change|cancel)\b"
)


_SLIPS = (
    (re.compile(r"\bto-(night|morrow|day)\b", re.IGNORECASE), r"to\1"),
    (re.compile(r"\bfor(?= (?:people|persons|guests|adults|of us)\b)", re.IGNORECASE), "four"),
    (re.compile(r"\b(?:to|too)(?= (?:people|persons|guests|adults|of us)\b)", re.IGNORECASE), "two"),
    (re.compile(r"\bate(?= (?:people|persons|guests|adults|of us)\b)", re.IGNORECASE), "eight"),
)


_HESITATION = re.compile(r"\b(?<!uh )(?<!uh-)(?!uh[ -](?:huh|uh)\b)(?:u[hm]+|erm?|ehm|hmm+)\b,?\s?", re.IGNORECASE)
_MARKED = (
    r"zero|oh|one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|\w+teen|twent\w+|thirt\w+|fort\w+|"
    r"fift\w+|sixt\w+|sevent\w+|eight\w+|ninet\w+|hundred|thousand|double|triple|half|quarter|past|\d+\w*|\w+day|january|february|march|april|may|"
    r"june|july|august|september|october|november|december|dollars?|cents?|pounds?|a|p|am|pm"
)
_FILLED = re.compile(
    rf"\b({_MARKED})[ ,]+(?:like|so|well|you know)[ ,]+(?=(?:the |and |of |at )?(?:{_MARKED}|m)\b)", re.IGNORECASE
)

_THOUGHT = re.compile(
    r"\b(i|we)[ ,]+you know[ ,]+(?=(?:do|don|did|can|could|want|need|have|would|think|am|was)\b)", re.IGNORECASE
)


def mended(text: str) -> str:
    """Slips which recognizers of telephone speech make, set right where only one reading makes sense; without
    hesitations, which stand in the middle of a number as well: "two hundred, uh, ten", "june like the tenth"."""
    text = _THOUGHT.sub(r"\1 ", _FILLED.sub(r"\1 ", _HESITATION.sub("", text))) or text
    for pattern, right in _SLIPS:
        text = pattern.sub(right, text)
    return text


def plain(text: str) -> str:
    """Lower case, no punctuation, no apostrophes, single spaces."""
    return " ".join(words_of(text))


def stripped(words: str) -> str:
    """Without courtesies and fillers at both ends."""
    kept = words.split()
    while kept and kept[0] in COURTESY:
        kept.pop(0)
    while kept and kept[-1] in COURTESY:
        kept.pop()
    return " ".join(kept)


def is_question(words: str, text: str) -> bool:
    """Whether the turn asks for something to be told (rather than for something to be done)."""
    if _OWN_WISH.search(words):
        return False
    return (
        bool(_QUESTION.match(words))
        or bool(_TAG.search(words))
        or (text.rstrip().endswith("?") and len(words.split()) > 2)
    )


def negated(text: str) -> bool:
    """Whether something is denied or given up in the words."""
    return bool(_NEGATED.search(plain(text)))


_MEETS = {
    alike: concept
    for concept, words in {
        "change": "change move switch shift postpone reschedule push swap delay rearrange alter",
        "appointment": "appointment booking reservation visit slot",
        "order": "order package parcel delivery shipment",
        "broken": "broken broke faulty defective damaged busted",
        "pay": "pay payment bill invoice",
        "price": "price prices cost costs charge charges fee fees expensive",
        "address": "address street located location",
    }.items()
    for alike in words.split()
}
"""Words that ask for the same thing, whatever script or topic it is."""


_VAGUE = frozenset({"appointment", "com", "problem"})
"""What single words of a request are in answers as well: "I can come on Friday", "that is a problem for me"."""

_HOLLOW = frozenset({"no", "all", "noth", "els", "done"})
"""Words which ask for something only where nothing else is said: "that is all", and not "all of our family"."""


@lru_cache(maxsize=4096)
def stem(word: str) -> str:
    """What a word asks for: its concept, or the word without its ending; enough to meet "moving" with "change"."""
    if word in _MEETS:
        return _MEETS[word]
    cut = _cut(word)
    return next((_MEETS[whole] for whole in (cut, f"{cut}e") if whole in _MEETS), cut)


@lru_cache(maxsize=4096)
def _cut(word: str) -> str:
    for ending in ("ations", "ation", "ings", "ing", "ies", "es", "s", "ed", "e", "y"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            return word[: -len(ending)]
    return word


def _carriers(phrase: str) -> frozenset[str]:
    words = words_of(phrase)
    heavy = [word for word in words if word not in _LIGHT]
    if len(heavy) == 1 and stem(heavy[0]) == "change":
        # "Reschedule" alone is no "change": callers change days and minds too.
        return frozenset({_cut(heavy[0])})
    carrying = frozenset(stem(word) for word in heavy)
    return carrying or frozenset(stem(word) for word in words)


@lru_cache(maxsize=1024)
def _ways(option: Option, by_id: bool) -> tuple[frozenset[str], ...]:
    """What each way to say an option is carried by."""
    name = (option.id.replace("_", " ").replace("-", " "),) if by_id else ()
    return tuple(_carriers(phrase) for phrase in (*option.says, *name))


def best_option(
    options: Sequence[Option], words: str, *, by_id: bool = True, firm: bool = False
) -> tuple[Option, int] | None:
    """The option one of whose phrases has all its carrying words in ``words``; the most words win.

    ``by_id``: the id counts as a phrase too. ``firm``: a noun everybody uses all the time must be all that is said.

    Returns it with that number of words; None when none fits, or when two fit equally well.
    """
    spoken = words.split()
    said = {each for word in spoken for each in (stem(word), _cut(word))}
    heavy = [word for word in spoken if word not in _WEIGHTLESS]
    weighty = {stem(word) for word in heavy if word != "thats"}
    bare = len(heavy) <= 1
    scores: list[tuple[int, Option]] = []
    for option in options:
        fits = [
            len(each)
            for each in _ways(option, by_id)
            if each <= said and (not firm or bare or not each <= _VAGUE) and (weighty <= each or not each <= _HOLLOW)
        ]
        if fits:
            scores.append((max(fits), option))
    scores.sort(key=lambda entry: -entry[0])
    if not scores or (len(scores) > 1 and scores[1][0] == scores[0][0]):
        return None
    return scores[0][1], scores[0][0]
