"""Whether words refuse, whatever else they hold: what is done on a yes must not be done on "let's not do it"."""

from __future__ import annotations

import re

from agent.understanding.wording import plain

_DOING = (
    "do|book|make|go|bother|send|note|put|open|move|cancel|change|confirm|commit|save|submit|proceed|promise|schedule|"
    "reserve|leave|take|write|file|reschedule"
)
_IT = "(?:it|that|this|everything|all of it)"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile(rf"\b(?:{'|'.join(patterns)})\b")


_AGREEING = _any(
    r"why (?:ever )?not",
    r"(?:no|not a|not any) (?:problem|problems|issue|trouble)(?: at all)?",
    r"no (?:worries|objections?|complaints|doubt|changes?|mistakes?|errors?|need to change(?: \w+){0,2})",
    r"(?:nothing|theres nothing) (?:is )?(?:wrong|missing|to (?:change|add|correct))(?: (?:with|in|about|there) ?\w*)?",
    r"(?:dont|cant|do not|cannot) see (?:any reason )?why not",
    rf"cant (?:wait|complain|argue with that|fault {_IT})",
    r"(?:dont|do not) (?:worry|mind(?: if i do| that| at all)?|change (?:a thing|anything))",
    r"(?:couldnt|could not) be (?:better|(?:more )?(?:right|correct|perfect))",
    r"(?:wont|dont|wouldnt|couldnt) you",
    r"not (?:bad|wrong|mistaken)",
)
"""negations which agree"""

_REFUSING = _any(
    r"(?:lets|let us|rather|better|best|would prefer|id prefer|probably|definitely|certainly|absolutely|really|please|"
    r"id say|actually|maybe|perhaps|think|afraid|guess|hope|suppose|ok|okay|sorry|um|uh) (?:not|dont|do not)(?! sure)",
    r"not (?:today|now|yet|this time|for me|for now|any ?more|after all|just (?:now|yet)|right now|at the moment)",
    rf"not (?:interested|do(?:ing)? {_IT}|going (?:to|ahead|through)|to (?:do|book|go|bother|proceed)|quite yet)",
    r"not (?:go (?:ahead|through)|happening|like that|that one)",
    rf"(?:dont|do not) (?:{_DOING})",
    r"(?:dont|do not|no)$",
    rf"(?:hold|call) (?:{_IT} )?off",
    r"(?:im|i am|we are|were) not (?:doing|going|ready|so sure)",
    r"(?:wont|will not|cant|cannot) (?:do|be doing|go|be (?:going|able)|make|commit|agree)",
    r"(?:i|we) (?:shouldnt|should not|(?:had )?better not)",
    rf"(?:leave|forget|skip|drop|scrap|scratch|stop|bin|ditch) (?:about )?{_IT}(?: (?:alone|be|out|for now|then))?",
    r"no (?:thanks|thank you|longer|need|way)",
    r"(?:actually|yes|yeah|ok|okay|well|um|uh|wait|sorry) no(?! (?:that|its))",
    r"(?:some|an)other time|think (?:it|that|this) over|think about (?:it|that)|sleep on it",
    r"(?:get|come|call) back to you|against it|not to(?:day)?",
)
"""words by which something is not to be done"""

_NEGATED = _any(
    r"no|not|nor|dont|doesnt|didnt|cant|cannot|couldnt|wont|wouldnt|shouldnt|isnt|arent|wasnt|never|neither|nope|nah",
    r"without|unless|until|except|but|instead|never ?mind|changed my mind|second thoughts?|wait|stop|hold on|wrong",
    r"unsure|maybe|perhaps|depends",
)
_CORRECT_AFTER_ALL = re.compile(
    r"^(?:oh |um |uh |sorry |no |nope |nah )+(?:thats|that is|its|it is|everything is|all|youre) "
    r"(?:right|correct|fine|good|ok|okay|perfect|great|it)\b"
)


def refuses(text: str) -> bool:
    """ "Let's not do it", "hold off", "not today", "actually, no": not to be done, although it names the doing."""
    return bool(_REFUSING.search(_AGREEING.sub(" ", plain(text))))


def mixed(text: str) -> bool:
    """Whether something in the words speaks against a yes: nothing may be done on it before it is asked again."""
    words = _AGREEING.sub(" ", plain(text))
    return bool(_NEGATED.search(words) or _REFUSING.search(words)) and not _CORRECT_AFTER_ALL.match(words)
