"""What may stand beside a value without meaning anything: courtesy and hedges; and idioms that hold no value.

"Seven" answers "what time?"; "I have seven questions" does not. A bare number is therefore only taken where
the rest of the answer is plain: fillers, politeness, "how about", "would be good". Idioms such as "give me a
second" or "first of all" look like values and are masked before a grammar reads the words.
"""

from __future__ import annotations

from collections.abc import Sequence

from .days import MONTHS
from .found import CORRECTION
from .kinds import Kind
from .numbers import ORDINALS, TEN_WORDS
from .tokens import FILLERS, MASK, Phrases, Utterance, phrases, word_set

COURTESY = phrases(
    """cheers | ta | love | mate | dear | sir | maam | miss | pal | hi | hello | hey | good morning |
    good afternoon | good evening | i guess | i suppose | i believe | i reckon | i think so | i hope | perhaps
    | possibly | roughly | approximately | approx | or so | ish | or thereabouts | give or take | tops | max |
    at most | at least | at the most | at the least | would be good | would be great | would be fine | would be nice
    | would be perfect | would be lovely | would be best | would be ideal | would work | would suit | would do |
    works | works for me | works best | work for me | is fine | is good | is great | is perfect | is best | is okay
    | is ok | fine | good | will do | suits me | suits | if you can | if thats ok | if thats okay |
    if thats all right | if thats alright | if possible | if you could | if you dont mind | if i may | how about |
    what about | what if | lets do | lets go with | lets go for | lets make it | lets try | can we do |
    can you do | could we do | could you do | can i do | could i do | can i get | could i get | can i have |
    could i have | can we say | could we say | shall we say | call it | id prefer | i would prefer | i prefer |
    id rather | id want | i want | i need | id need | wed like | wed want | we want | we need | well take | ill have |
    ill go with | go with | put me down for | do you have | have you got | have you anything | is there |
    any chance of | give me | put | put down | i said | you said | it was | itll be | it will be | it would be |
    itd be | will be | should be | got to be | has to be | must be | only | exactly | precisely | ideally |
    preferably | hopefully | great | perfect | lovely | this is | let me see | let me think | you know | then | too |
    even | altogether | in total | total | all together | in all | all in all | to be exact | to be precise |
    my answer is | the answer is | answer | i do | i have | ive got | we have | weve got | there are | there is |
    theres | sharp | ah | eh | hm | mm | mmm | right | now | hmmm | umm | uhh | errm | i was thinking | thinking |
    im thinking | lets see | as well | again | for me | for us"""
)
"""Phrases that leave a bare value what it is."""
_SMALL = word_set("not or and with be is are was me to in at on for by from that this it i we you so do my all as")

_IDIOMS = phrases(
    """first let | first i | first can | first could | first we | first tell | first you | last time | last two |
    last three | last few | last couple | last four | last five | last ten | one of you | one of your | usual one |
    a moment | one moment | a second | one second | a sec | one sec | a mo | half a mo | half a second | half a sec
    | two secs | two ticks | a tick | a jiffy | two shakes | last minute | split second | no one | no ones | any one
    | some one | every one | not one | that one | this one | which one | wrong one | right one | other one |
    another one | each one | either one | neither one | one another | one more thing | one thing | one last thing |
    one quick thing | one question | one more question | one of these days | one of those days | one way or |
    one by one | at one point | two questions | two things | three things | in the first place | first of all |
    first off | at first | first things first | first name | first come | first timer | first timers | firsthand |
    first hand | first class | first aid | my first time | our first time | first time calling | first time caller |
    my second time | second time calling | second opinion | second hand | second nature | second to none |
    on second thought | on second thoughts | third party | third time lucky | third time ive | last resort |
    last name | at last | at long last | last year | last week | last month | twenty four seven | fifty fifty |
    half of | half the | half my | half our | half asleep | half way | halfway | better half | other half |
    two minds | nine times out of ten | to be honest | to be fair | for what its worth | day in day out |
    one fine day | some day | the other day | these days | one in a million | a third of | two thirds of |
    a fifth of | a tenth of | one third of | high five | square one | plan b | thanks a million | a million thanks |
    the third degree | sixth sense | one size fits all | one and the same | one or two things | a thing or two |
    a dozen times | a million times | a thousand times | a hundred times | ten times already | three times already"""
)
_NEIGHBOURS = phrases(
    "the one before | the one after | the one earlier | the one later | the next one | the one you | the one i"
)
"""of a time, told from what was offered: "one" is none there"""
_MINUTE = phrases(
    "a minute | one minute | two minutes | a second | one second | a sec | a moment | two seconds | a few minutes"
)
_ASKED_TO_WAIT = word_set("give me just wait on hold spare got with need in")
_LASTS = frozenset({"takes", "take", "about", "last", "for"})
_READ_WITH_CARE = frozenset(
    {Kind.date, Kind.time, Kind.datetime, Kind.duration, Kind.number, Kind.ordinal, Kind.money, Kind.party_size}
)


def plain(u: Utterance, *values: tuple[int, int], also: Phrases | None = None) -> bool:
    """Whether nothing but fillers, courtesy and hedges (and ``also``) stands beside the ``[start, end)`` values."""
    words = list(u.words)
    for start, end in values:
        words[start:end] = [MASK] * (end - start)
    i = 0
    while i < len(words):
        length = max(FILLERS.match(words, i), COURTESY.match(words, i), also.match(words, i) if also else 0)
        length = length or CORRECTION.match(words, i) or (1 if words[i] in _SMALL or words[i] == MASK else 0)
        if not length:
            return False
        i += length
    return True


def without_idioms(kind: Kind, u: Utterance) -> Utterance:
    """The utterance with the idioms masked that would look like a value of ``kind``."""
    if kind not in _READ_WITH_CARE:
        return u
    ranges: list[tuple[int, int]] = []
    i = 0
    while i < len(u.words):
        length = _idiom(kind, u, i)
        if length:
            ranges.append((i, i + length))
        i += length or 1
    return u.masked(ranges) if ranges else u


def _goes_on(words: Sequence[str], i: int) -> bool:
    """ "Twenty first I guess", "November first I think", "on the first I can": what ends a date begins no idiom."""
    if i == 0 or words[i] not in ORDINALS:
        return False
    return words[i - 1] in TEN_WORDS or words[i - 1] in MONTHS or tuple(words[max(0, i - 2) : i]) == ("on", "the")


def _idiom(kind: Kind, u: Utterance, i: int) -> int:
    length = 0 if _goes_on(u.words, i) else _IDIOMS.match(u.words, i)
    if kind is Kind.time:
        length = max(length, _NEIGHBOURS.match(u.words, i))
    waiting = _MINUTE.match(u.words, i)
    if kind is not Kind.duration:
        return max(length, waiting)
    # "A minute" answers "how long?"; "just a minute" and "give me a minute" ask for patience.
    if waiting and waiting >= length:
        asked = i > 0 and u.words[i - 1] in _ASKED_TO_WAIT and not _LASTS & set(u.words[:i])
        return waiting if asked else 0
    return length
