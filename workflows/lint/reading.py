"""What the reader itself finds, as checks with a name and a reason like every other."""

from __future__ import annotations

from collections.abc import Iterator

from workflows.language.checking import Checks, Found, Subject

READING = Checks()
"""Found while a script is read; nothing else is asked of a script which has one of these."""

_ABOUT = {
    "not-yaml": """
    The file is no YAML text, or empty: nothing in it can be used.

    Fix: mend the indentation, the quotes or the brackets at the line that is named.""",
    "unknown-key": """
    A key the language does not have, often a slip of the pen: what was meant would silently not happen.

    Fix: the complaint suggests the nearest key; every key stands in `docs/language.md`.""",
    "key-twice": """
    A key stands twice in one place: one of the two would silently win.

    Fix: keep one of them.""",
    "missing-key": """
    A key is missing that a step, a slot or the script cannot do without, such as `declined` of a `confirm`: what
    follows in that case would be left to chance.

    Fix: add the key.""",
    "malformed-value": """
    A value cannot be what its key needs: no name, no number, no limit, the wrong kind of slot.

    Fix: the complaint says what may stand there.""",
    "unknown-name": """
    A slot, fact, action, option, kind or gap that does not exist.

    Fix: the complaint suggests the nearest; declare it, or correct the spelling.""",
    "missing-argument": """
    An action is not given something it needs: it would be refused in every call.

    Fix: add the argument.""",
    "uncovered-refusal": """
    An action may answer with a refusal for which no step is named: the caller would be told nothing.

    Fix: name the step for that refusal, or one for `else`.""",
    "confirm-without-read-back": """
    A `confirm` asks for a yes to a slot whose value it does not say: the caller would agree to something unheard.

    Fix: put the slot's gap into the question, or take the slot out of the list.""",
    "hours-reversed": """
    Opening hours whose end is not after their beginning: nobody would ever be there.

    Fix: write two times, the earlier first.""",
    "too-many-rungs": """
    More than three lines for silence or for not understanding: the third is where a way out is offered.

    Fix: keep three.""",
    "leads-nowhere": """
    A step or an intent that leads nowhere: the call would stop in the middle.

    Fix: add `then`, or write the next step below it.""",
    "unknown-script": """
    Another script is started or called that is not there.

    Fix: correct its name, or put the script into the folder of scripts.""",
    "bad-fill": """
    A script is started with a slot or a value which it does not take.

    Fix: name a slot of that script and one of its options.""",
    "weak-proof": """
    A caller is to be believed for a value of a kind that proves nobody, such as a date or free text.

    Fix: use a code, a date of birth, a post code, or a one-time code.""",
    "optional-for-needed": """
    An action needs an argument, and the slot it is taken from is one the caller may not have.

    Fix: take `optional: true` from the slot, or give the argument something else.""",
    "unknown-disposition": """
    A step files the call in a way that is not among the script's `dispositions`: the figures would have a row nobody
    looks at.

    Fix: add it to the list, or correct the spelling.""",
    "script-twice": """
    Two files hold a script of one name: which of them takes the call would depend on their order.

    Fix: rename one.""",
}  # fmt: skip


def _declare(name: str, about: str) -> None:
    def found_by_the_reader(_: Subject) -> Iterator[Found]:
        return iter(())

    found_by_the_reader.__doc__ = about
    READING.add(name, firm=True)(found_by_the_reader)


for _name, _about in _ABOUT.items():
    _declare(_name, _about)
