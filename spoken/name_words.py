"""The words around a name: what announces it, what ends it, what belongs to it."""

from __future__ import annotations

from .days import MONTHS, WEEKDAYS
from .everyday import EVERYDAY
from .numbers import TEN_WORDS, UNITS
from .tokens import phrases, word_set

CUES = phrases(
    """my name is | my names | my full name is | the name is | the names | name is | names | under the name of |
    under the name | in the name of | under my name | the name of | by the name of | this is | im called | i am called
    | call me | its under | its for | under | put it under | put it down as | reservation for | booking for |
    last name is | my last name is | surname is | my surname is | family name is | first name is | my first name is |
    last name | surname | family name | first name | my name would be | my names actually | you can call me |
    they call me | i go by | name | should be under | it should be under | should be under the name |
    its in the name of | youre speaking with | youre speaking to | you are speaking with | youre talking to |
    speaking with | its listed under | i booked under | book it under | book under | booked as | put down |
    on behalf of | make it out to | ask for | the full name is | full name | full name is | the first name is |
    the last name is | the surname is | surnames | my surnames | last names | my last names | first names |
    christian name is | given name is | this ones for | im known as | goes by | known as | everyone calls me"""
)
SOFT_CUES = phrases(
    """its | it is | im | i am | thats | that is | for | that would be | thatd be | yes its | yeah its |
    make it | no its | make that | change it to | it should be | to"""
)
STOP = (
    word_set(
        """please thanks thank you and at on for tomorrow today tonight from with calling speaking here again
    but is was my the a an i im its it that thats this i'd id want need would like have to by in about
    because who as or so phone number email table party time next yes yeah no not spelled spelt spell
    spells spelling written like actually sorry wait mean um uh er erm ok okay just all one of them
    there hello hi hey what when where why how can could do does did are you we us our your me if will
    be been get got make change book booking cancel order problem help hang moment second wife husband
    noon midnight morning afternoon evening are how's good great sure well right correct wrong really
    think know dont cant question speak talk agent person human representative operator looking trying
    wondering calling interested available hoping going here late early happy afraid appointment
    reservation reschedule fine later first last surname family"""
    )
    | EVERYDAY
    | set(WEEKDAYS)
    | (set(MONTHS) - {"april", "may", "june", "august"})
    | set(UNITS)
    | set(TEN_WORDS)
)
FILL = word_set("""um uh er erm well so yes yeah yep sure okay ok oh ah hi hello hey""")
TITLES = word_set(
    """mr mrs ms miss mister missus dr doctor sir madam professor prof reverend captain colonel lord lady judge"""
)
PARTICLES = word_set("""van von der den de la le di da del dos al bin ibn ter ten""")
RELATIONS = word_set(
    """mother mum mom father dad wife husband partner son daughter brother sister boss friend colleague fiance fiancee
    girlfriend boyfriend grandmother grandfather grandma grandpa aunt uncle niece nephew cousin neighbour neighbor
    client patient assistant child baby"""
)
# Everyday words that are surnames after a first name.
ALSO_SURNAMES = word_set(
    """young long price best small case day short child good great old little sharp weeks wise west north east south
    friend guest page love hope rice bond hall park church lane strange sweet town power house fields waters miles stone
    hand head read field may english french early walker painter"""
)
