"""Words that claim an outcome: they may be said only on the strength of a receipt."""

from __future__ import annotations

import re

_CLAIMS = re.compile(
    r"""\b(
      you(\s+are|['’]re)\s+(all\s+|now\s+)*(booked|confirmed|scheduled|set|rescheduled|cancell?ed)
    | (is|are|was|were)\s+(now\s+|all\s+)*(booked|confirmed|scheduled|rescheduled|cancell?ed|reserved)
    | (?<!nothing\s)(has|have)\s+(now\s+|just\s+)*been\s+(booked|confirmed|scheduled|rescheduled|cancell?ed|reserved|
      opened|filed|recorded|passed\s+on|saved|noted|sent|moved|changed|placed|paid|refunded|registered|renewed|
      extended|submitted|withdrawn)
    | (i|we)(\s+have|['’]ve)\s+(now\s+|just\s+)*(booked|confirmed|scheduled|rescheduled|cancell?ed|reserved|opened|made|
      taken|passed|filed|saved|noted|arranged|moved|changed|placed|refunded|registered|renewed|extended|submitted)
      (?!\s+nothing)
    | you(\s+are|['’]re)\s+(now\s+)?on\s+(the|our)\s+(waiting|wait|guest)\s+list
    | your\s+((booking|confirmation|ticket|reference|case|reservation)\s+)+(code|number)\s+is
    | see\s+you\s+(then|on)\b
    | (will|['’]ll)\s+call\s+you\s+back
    )""",
    re.IGNORECASE | re.VERBOSE,
)


def claim_in(text: str) -> str:
    """The first words in ``text`` which claim that something was done; empty when none do.

    Questions claim nothing ("shall we say you are booked for two?" still does: the rule is on the words).
    """
    found = _CLAIMS.search(text)
    return " ".join(found.group().split()) if found else ""
