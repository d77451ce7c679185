"""The few words the conversation itself may say, whatever the script; all else comes from scripts."""

from __future__ import annotations

import re

FILLER = "One moment, please."
"""while an action takes longer than a breath"""

PRESSED = "(keys)"
"""what stands on the record for keys that sound in place of words"""

WITHHELD = "I'm sorry, I can't say more about that."
"""in place of a clause the speech gate stopped"""

TAKES_FLOOR = "I'm sorry to interrupt. Let me answer what I have so far."
"""to a caller who has spoken for very long, where the step allows it"""

MURMURS = ("Mm-hm.", "I see.", "Okay.")
"""in the caller's long turn, one after the other, where the step allows it"""

_ACKNOWLEDGES = """
mm | mmm | mhm | mm hm | mm hmm | hm | hmm | uh huh | uhhuh | uh hum | aha | ah | ahh | oh | ooh | huh | okay
ok | k | okey | okay okay | okie | okie dokie | okey dokey | right | right right | alright | all right
alrighty | yeah | yea | yep | yup | ya | yes | aye | sure | sure sure | sure thing | fine | good | great | cool
nice | lovely | perfect | excellent | wonderful | brilliant | awesome | super | fantastic | wow | interesting
really | exactly | true | correct | agreed | absolutely | definitely | certainly | totally | of course | indeed
very good | very well | got it | gotcha | got that | got you | i got it | i got you | i got that | ive got it
ive got that | i see | i understand | understood | i get it | i know | i hear you | i follow | i follow you
im with you | makes sense | that makes sense | that makes perfect sense | fair enough | no problem | no worries
sounds good | sounds great | that sounds good | that sounds great | sounds fine | sounds right | thats good
thats fine | thats great | thats right | thats okay | thats cool | thats true | thats nice | thats perfect
go on | go ahead | carry on | keep going | please go on | please go ahead | please carry on | im listening
im here | still here | thanks | thank you | okay thanks | good to know | that works | works for me
right you are | righto | copy that | okay then | right then | so far so good | i see what you mean | noted
roger | ta | cheers
"""

_HESITATES = "um | umm | uh | uhh | er | erm | eh | mm | ah"


def _phrases(text: str) -> frozenset[tuple[str, ...]]:
    return frozenset(tuple(phrase.split()) for line in text.split("\n") for phrase in line.split("|") if phrase.strip())


ACKNOWLEDGEMENTS = _phrases(_ACKNOWLEDGES)
"""Said while the agent is in the middle of something, these mean "go on"."""

HESITATIONS = _phrases(_HESITATES)
_LONGEST = max(len(phrase) for phrase in ACKNOWLEDGEMENTS)
_MOST_WORDS = 8

_OPEN_ENDED = frozenset({"i", "ive", "im", "go", "please", "carry", "keep", "still", "here", "no"})
"""Words with which an acknowledgement may begin, and everything else as well."""

_BEGINNINGS = frozenset(
    phrase[:n] for phrase in ACKNOWLEDGEMENTS if phrase[0] not in _OPEN_ENDED for n in range(1, len(phrase))
)

_SENTENCE_END = re.compile(r"(?<=[.!?])\s+(?=[A-Z\"'])")
_ABBREVIATION = re.compile(r"\b(?:Dr|Mr|Mrs|Ms|St|No|a\.m|p\.m|[A-Z])\.$")


_NOT_OF_WORDS = re.compile(r"[^a-z0-9 ]+")
_APOSTROPHES = str.maketrans("", "", "'\u2019")


def bare_words(text: str) -> list[str]:
    """Lower-case words without punctuation; an apostrophe joins what it parts."""
    return _NOT_OF_WORDS.sub(" ", text.lower().translate(_APOSTROPHES)).split()


def is_acknowledgement(text: str) -> bool:
    """True for "mm-hm", "okay, right", "oh I see, got it" and the like, in any punctuation."""
    words = bare_words(text)
    return 0 < len(words) <= _MOST_WORDS and _covered(words, ACKNOWLEDGEMENTS | HESITATIONS)


def begins_acknowledgement(text: str) -> bool:
    """True for "okay, that's" and "oh, sounds": an acknowledgement, and what begins another one."""
    words = bare_words(text)
    return any(
        tuple(words[-n:]) in _BEGINNINGS and _covered(words[:-n], ACKNOWLEDGEMENTS | HESITATIONS)
        for n in range(1, min(len(words), _LONGEST))
    )


def is_hesitation(text: str) -> bool:
    """True for "um", "uh" and nothing beside it."""
    words = bare_words(text)
    return bool(words) and _covered(words, HESITATIONS)


def _covered(words: list[str], phrases: frozenset[tuple[str, ...]]) -> bool:
    """Whether ``words`` are phrases one after the other, and nothing else."""
    ends = {0}
    for end in range(1, len(words) + 1):
        if any(end - n in ends and tuple(words[end - n : end]) in phrases for n in range(1, min(end, _LONGEST) + 1)):
            ends.add(end)
    return len(words) in ends


def clauses_of(text: str) -> list[str]:
    """Cut a reply into sentences, so that the first is voiced while the next is still being made."""
    out: list[str] = []
    for piece in _SENTENCE_END.split(text.strip()):
        if out and _ABBREVIATION.search(out[-1]):
            out[-1] = f"{out[-1]} {piece}"
        elif piece:
            out.append(piece)
    return out
