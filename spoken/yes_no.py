"""Yes and no in the many ways they are said, and the answers that look like one but carry a correction.

Decision: "yes, but make it five" is not a yes. Its value is False at 0.4, with True as the alternative and
``complete=False``: nothing may be committed on it, and the rest of the utterance holds the correction.
"""

from __future__ import annotations

from collections.abc import Sequence

from .found import Found
from .kinds import Context
from .tokens import MASK, Utterance, phrases, word_set

_YES = phrases(
    """yes | yeah | yea | yep | yup | yah | ya | yes please | yes i guess | thatll do | sounds about right |
    yeah please | sure | sure thing | for sure | certainly | of course | absolutely | definitely | correct |
    thats correct | that is correct | right | thats right | that is right | all right | alright | exactly |
    precisely | indeed | affirmative | ok | okay | fine | thats fine | that is fine | sounds good | sounds great |
    sounds fine | that sounds good | that sounds great | that works | that works for me | works for me |
    that will work | thatll work | perfect | great | good | very good | thats good | thats it | thats the one |
    that is it | you got it | go ahead | please do | do it | go for it | lets do it | lets do that | i do | i am |
    i would | i did | i have | i can | i will | it is | they are | we are | we do | we would | you may | you can |
    uh huh | mm hmm | mhm | mmhmm | uhhuh | mm | why not | no problem | by all means | id like that |
    i would like that | id love to | i would love to | i think so | i guess so | i suppose so | i believe so |
    thats true | true | confirmed | confirm | i confirm | i agree | agreed | book it | please book it | thats me |
    speaking | you bet | totally | yes sir | yes maam | cool | lovely | wonderful | excellent | happy with that |
    that would be great | that would be good | thatd be great | thatd be good | nothing wrong | all good | its fine
    | not a problem | looks good | its correct | its right | everything is correct | thats all correct | spot on |
    go on then | go on | aye | righto | thats grand | grand | brilliant | suits me | fine by me | fine with me |
    if you could | if you would | that would be lovely | thatd be lovely | thatd be perfect | that would be perfect
    | that would be fine | thatd be fine | that would work | thatd work | too right | naturally |
    you can say that again | i certainly do | i sure do | we certainly do | yes indeed | okey dokey | okie dokie |
    roger | roger that | no problem at all | no objection | no objections | i dont see why not | dont see why not |
    cant see why not | lets go | lets do this | count me in | works fine | that suits | that suits me |
    very well | good to go | yes im here | yes i am here | yes im still here |
    yeah im here"""
)
_NO = phrases(
    """no | nope | nah | naw | no thanks | no thank you | no way | not really | not quite | not at all | not exactly |
    not right | not correct | thats not right | that is not right | thats not correct | that is not correct |
    thats not it | that is not it | thats wrong | that is wrong | its wrong | wrong | incorrect | thats incorrect |
    negative | never | i dont | i do not | almost | not that one | thats not what i said | no thats fine |
    no thats ok | no thats okay | no thats all | no its fine | no its okay | no im good | no im fine | nothing else
    | i dont think so | i do not think so | i dont want to | i dont want that | i didnt | i did not | i havent |
    i have not | im not | i am not | i cant | i cannot | i wouldnt | i would not | it isnt | it is not | its not |
    its not right | its not correct | that isnt right | that isnt correct | that is incorrect | isnt right |
    of course not | absolutely not | definitely not | certainly not | id rather not | i would rather not |
    rather not | please dont | dont | do not | dont do that | dont bother | not now | not today | no youre all right
    | no youre alright | no youre fine | no youre okay | no youre ok | no youre good | nah youre all right |
    nah youre alright | nah im good | nah im all right | no im all right | no im alright | no im okay | no im ok |
    no im all set | im all set | no thatll be all | thatll be all | no that will be all | no thats everything |
    thats everything | no all good | no were good | no were all set | no were fine | not yet | no need | never mind
    | nevermind | im afraid not | afraid not | i guess not | i suppose not | i think not | hell no | no sir |
    no maam | uh uh | nuh uh | mm mm | that doesnt work | that wont work | doesnt work | that does not work |
    not for me | not interested | im good thanks | im good thank you | we dont | we are not | were not | they arent
    | not true | thats not true | ill pass | under no circumstances | no chance | no fear | id prefer not |
    id prefer not to | i would prefer not to | not particularly | not for now | not just now | not at the moment |
    not right now | not at this time | not this time | leave it | skip it | skip that | forget it | lets not |
    rather you didnt | id rather you didnt | please do not | by no means | on no account | not on your life |
    not likely | unlikely | nay | not necessarily | not so much | thats a no | no longer | its a no | no siree |
    cancel that | not a chance | nothing of the sort | that isnt it | that isnt what i want | thats not what i want
    | thats not what i asked for | not what i asked for | no good | thats no good | neither | none"""
)
_UNSURE = phrases(
    """maybe | perhaps | i guess | could be | im not sure | i am not sure | not sure | i dont know | i do not know |
    no idea | good question | no comment | none of the above | all of the above | ive no idea | no clue |
    i dont mind | dont mind | i dont care | either | either way | wrong number | i couldnt say | i cant say |
    hard to tell | i dont remember | i cant remember | i dont recall | i dont understand | i do not understand |
    i didnt understand | i didnt catch that | i didnt hear | i didnt get that | i cant hear you | i have to check |
    i need to check | i need to think | i dont follow | i didnt follow | up to you | whatever | you decide |
    could you repeat | say again | say that again | i havent decided | i have not decided | i havent decided yet |
    not decided | not decided yet | not sure yet | let me check | let me see | let me ask | i was wondering |
    i do have a question | no one | nobody | no preference | dont know | possibly | it depends | depends |
    let me think | i have no idea | hard to say | i have a question | im not certain | what | pardon | sorry |
    right away | right now | just a second"""
)
_CONTRAST = phrases(
    """but | except | only | actually | make it | make that | change | instead | although | however | wait
    | hold on | rather | wrong | i mean | i meant | other than | apart from | should be | is wrong |
    thats not | isnt"""
)
# "No, that's right" and "yeah, no": the later, longer phrase is what was meant.
_WEAK = frozenset(
    {
        "no",
        "yes",
        "yeah",
        "yea",
        "right",
        "ok",
        "okay",
        "well",
        "mm",
        "good",
        "great",
        "fine",
        "what",
        "sorry",
    }
)
_LIGHT = word_set(
    """thanks thank you please sir maam um uh er erm hmm hell oh ah well so and the it is its that thats to do a i
    just very much really bye then now absolutely totally for me my we us be all of course"""
)


_LIKE_NO = frozenset({"now", "know"})
"""What recognizers write for a bare "no"; as an answer to yes or no they say nothing else."""
_ECHOES = phrases("i have | i am | i do | i can | i will | i did | i would | it is | they are | we are | we do | im in")
_AFTER_AN_ECHO = _LIGHT | {
    MASK,
    "indeed",
    "come",
    "yes",
    "yeah",
    "right",
    "correct",
    "fine",
    "make",
    "take",
    "like",
    "but",
}


def _goes_on(words: Sequence[str], i: int, end: int) -> bool:
    """ "I have" is a yes, "I have two dogs" and "do I have to" are not."""
    if _ECHOES.match(words, i) != end - i:
        return False
    asked = i > 0 and words[i - 1] in ("do", "did", "can", "could", "should", "would", "have", "am", "what", "who")
    return asked or (end < len(words) and words[end] not in _AFTER_AN_ECHO)


_FIRST_WORDS = _UNSURE.first_words | _NO.first_words | _YES.first_words


def _hits(u: Utterance) -> list[tuple[int, int, bool | None]]:
    hits: list[tuple[int, int, bool | None]] = []
    i = 0
    while i < len(u.words):
        if u.words[i] not in _FIRST_WORDS:
            i += 1
            continue
        lengths = [
            (table.match(u.words, i), meaning) for table, meaning in ((_UNSURE, None), (_NO, False), (_YES, True))
        ]
        length, value = max(lengths, key=lambda pair: pair[0])
        if length and not (value and _goes_on(u.words, i, i + length)):
            hits.append((i, i + length, value))
        i += length or 1
    return hits


def find_yes_no(u: Utterance, context: Context) -> Found | None:
    """The kind ``yes_no``; None for "maybe" and for answers that are neither."""
    if len(u.words) == 1 and u.words[0] in _LIKE_NO:
        return Found(0, 1, False, 0.6)
    hits = _hits(u)
    if u.strict:
        hits = [hit for hit in hits if hit[0] == 0 or not (set(u.words[: hit[0]]) - _LIGHT - {MASK})]
    if any(hit[2] is not None for hit in hits):
        # "No, sorry" is a no: the apology says nothing.
        hits = [hit for hit in hits if hit[2] is not None or u.words[hit[0]] not in ("sorry", "pardon", "what")]
    if not hits:
        return None
    strong = [hit for hit in hits if not (hit[1] - hit[0] == 1 and u.words[hit[0]] in _WEAK)]
    meanings = {hit[2] for hit in hits}
    start, end, value = hits[0] if len(meanings) == 1 else (strong or hits)[-1]
    # "No, that is right" stays doubtful, "yeah no" is a no: the last word decides, less surely.
    if value is None:
        return None
    if len(meanings) == 1:
        end = max(hit[1] for hit in hits)
    sure = 0.95 if len(meanings - {None}) == 1 else 0.6
    covered = {i for hit in hits for i in range(hit[0], hit[1])}
    rest = [i for i, word in enumerate(u.words) if i not in covered and word not in _LIGHT and word != MASK]
    if True in meanings and _CONTRAST.within(u.words, 0, len(u.words)) and (rest or False in meanings):
        return Found(start, end, False, 0.4, (True,), complete=False)
    if not strong and len(rest) > 1 and start > 0:
        return None  # "the right time would be five" answers nothing
    if rest:
        # A word or two beside a plain answer is harmless; a whole sentence may be another topic.
        leads = start == 0 or not (set(u.words[:start]) - _LIGHT)
        sure = round(sure * (0.9 if leads else 0.7 if len(rest) <= 3 else 0.5), 3)
        return Found(start, end, value, sure, complete=value)
    return Found(start, end, value, sure, (not value,) if sure < 0.7 else ())
