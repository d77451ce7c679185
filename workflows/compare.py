"""Two versions of a script compared, in words a business person reads. Order, comments and spacing do not count."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from typing import Any, Literal

from calls.guidance import Option
from workflows.language.model import (
    Argument,
    Case,
    Choose,
    Collect,
    Confirm,
    End,
    Ladder,
    Line,
    Manner,
    Place,
    Say,
    Script,
    Step,
)  # fmt: skip

What = Literal["script", "step", "way", "line", "value", "answer", "wording"]


@dataclass(frozen=True, slots=True)
class Change:
    """One difference."""

    what: What
    how: Literal["added", "removed", "changed"]
    name: str
    """of the step, value, question ... it is about"""
    aspect: str = ""
    before: str = ""
    after: str = ""

    def __str__(self) -> str:
        subject = f"{_SUBJECTS[self.what]} {self.name}" if self.name else _SUBJECTS[self.what]
        if not self.aspect:
            told = {"added": f"is new: {self.after}", "removed": f"is gone: {self.before}"}
            return f"{subject} {told.get(self.how, self.after)}".rstrip(": ")
        if self.how == "added":
            return f"{subject} now {self.aspect} {self.after}"
        if self.how == "removed":
            return f"{subject} no longer {self.aspect} {self.before}"
        return f"{subject} {self.aspect} {self.after}, not {self.before} any more"


_SUBJECTS: Mapping[What, str] = {
    "script": "The script",
    "step": "Step",
    "way": "Step",
    "line": "Step",
    "value": "The value",
    "answer": "The answer to",
    "wording": "The house's words for",
}

_LABELS = {
    "ask": "asks", "lines": "says", "line": "says", "filler": "says while it waits", "change": "asks after a no",
    "keys": "explains the keys with", "help": "explains itself with", "no_match": "says when it did not understand",
    "silence": "says into silence", "then": "goes on with", "declined": "goes after the second no to",
    "otherwise": "goes otherwise to", "failed": "goes when that fails to", "yes": "takes a yes as",
    "no": "takes a no as", "refused": "goes, when the answer is", "cases": "goes, when", "intents": "offers",
    "slots": "reads back", "slot": "asks for the value", "clears": "forgets", "action": "has done",
    "writes": "changes something:", "arguments": "hands over", "outcome": "files the call as",
    "disposition": "files the call as", "personal": "is only for a caller who is verified:",
    "tentative": "is only a hold:", "what": "has the caller prove who they are for a", "by": "has them prove it by",
    "attempts": "lets them try so often:", "asks": "asks for the proof at", "script": "goes to the script",
    "fills": "sets there", "takes": "takes from there", "to": "hands over to", "retries": "asks so often:",
    "digressions": "lets callers ask beside it:", "language": "speaks", "kind": "is a", "names": "is called",
    "options": "can be", "length": "has characters:", "pattern": "looks like", "minimum": "is at least",
    "maximum": "is at most", "among": "has to be among the", "confirm": "is confirmed", "optional": "may be left out:",
    "offer_caller": "is offered as the caller's own number:", "says": "is asked for by", "answer": "is",
    "title": "is called", "hours": "keeps the hours", "keeps": "keeps for a second request",
    "on_cancel": "goes, when the caller gives up, to",
}  # fmt: skip
"""field of the model -> what a person calls it"""

_WAYS = frozenset({"then", "declined", "otherwise", "failed", "refused", "cases", "intents", "asks", "yes", "no"})
_SKIPPED = frozenset({"id", "at", "name", "digest", "file", "steps", "slots", "topics", "wording", "committed"})


def compare(before: Script, after: Script) -> tuple[Change, ...]:
    """Everything that differs, the script itself first, then step by step in the order of ``after``."""
    return (
        *_aspects("script", "", _flat(before, _SKIPPED), _flat(after, _SKIPPED)),
        *_things("step", before.steps, after.steps),
        *_things("value", before.slots, after.slots),
        *_things("answer", before.topics, after.topics),
        *_things("wording", before.wording, after.wording),
    )


def _things(what: What, before: Mapping[str, Any], after: Mapping[str, Any]) -> Iterable[Change]:
    for name, thing in after.items():
        if name not in before:
            yield Change(what, "added", name, after=_told(thing))
            continue
        old = before[name]
        if type(old) is not type(thing):
            yield Change(what, "changed", name, after=f"was {_told(old)}; now {_told(thing)}")
        else:
            yield from _aspects(what, name, _flat(old), _flat(thing))
    for name in before:
        if name not in after:
            yield Change(what, "removed", name, before=_told(before[name]))


def _aspects(what: What, name: str, before: Mapping[str, str], after: Mapping[str, str]) -> Iterable[Change]:
    for aspect in dict.fromkeys((*before, *after)):
        old, new = before.get(aspect, ""), after.get(aspect, "")
        if old == new:
            continue
        field = aspect.split("\0")[0]
        told = " ".join([_LABELS.get(field, field.replace("_", " ")), *aspect.split("\0")[1:]])
        kind: What = "way" if what == "step" and field in _WAYS else "line" if _is_line(what, old or new) else what
        how: Literal["added", "removed", "changed"] = "added" if not old else "removed" if not new else "changed"
        yield Change(kind, how, name, told, old, new)


def _is_line(what: What, text: str) -> bool:
    return what == "step" and text.startswith("“")


def _flat(thing: Any, skipped: frozenset[str] = frozenset({"id", "at", "name"})) -> dict[str, str]:
    """Aspect -> its text; empty ones are left out."""
    if isinstance(thing, Line):
        return {"answer": _text(thing)}
    found: dict[str, str] = {}
    for field in fields(thing):
        if field.name in skipped:
            continue
        value = getattr(thing, field.name)
        if isinstance(value, Ladder | Manner):
            found |= _flat(value)
        elif isinstance(value, Mapping):
            found |= {f"{field.name}\0{key}\0to" if field.name in _WAYS else f"{field.name}\0{key}\0=": _text(item)
                      for key, item in value.items()}  # fmt: skip
        elif isinstance(value, tuple) and value and isinstance(value[0], Case):
            found |= {f"{field.name}\0{_condition(case)}\0to": case.then for case in value}
        else:
            found[field.name] = _text(value)
    return {aspect: text for aspect, text in found.items() if text}


def _text(value: Any) -> str:
    match value:
        case None | "" | () | False:
            return ""
        case True:
            return "yes"
        case Line():
            words = "".join(part if isinstance(part, str) else _gap(part) for part in value.parts)
            traits = [text for text, is_so in _traits(value) if is_so]
            return f"“{words}”" + (f" ({', '.join(traits)})" if traits else "")
        case Option():
            return f"{value.id} ({', '.join(value.says)})"
        case Argument():
            return value.name if value.source in ("text", "line") else f"{value.source} {value.name}".strip()
        case tuple():
            return ", ".join(_text(item) for item in value)
        case _ if hasattr(value, "then") and hasattr(value, "says"):
            return f"{value.id} -> {value.then or value.script} ({', '.join(value.says)})"
        case _ if hasattr(value, "__dataclass_fields__"):
            inner = (_text(getattr(value, field.name)) for field in fields(value) if field.name != "at")
            return " ".join(text for text in inner if text)
        case _:
            return str(value)


def _traits(line: Line) -> tuple[tuple[str, bool], ...]:
    return (("must be said", line.must_say), ("not to be interrupted", not line.interruptible))


def _gap(place: Place) -> str:
    return "{" + (place.name if place.source == "slot" else f"{place.source}.{place.name}") + "}"


def _condition(case: Case) -> str:
    if case.known is not None:
        return f"{case.subject} is {'known' if case.known else 'not known'}"
    return f"{case.subject} is {' or '.join(map(str, case.values))}"


def _told(thing: Step | object) -> str:
    """A step, value or answer in a sentence."""
    match thing:
        case Say() | End():
            return f"says {_text(thing.lines)}"
        case Collect() | Confirm() | Choose():
            return f"asks {_text(thing.ask)}"
        case Line():
            return _text(thing)
        case _:
            return "; ".join(f"{_LABELS.get(aspect.split(chr(0))[0], aspect.split(chr(0))[0])} "
                             f"{' '.join([*aspect.split(chr(0))[1:], text])}"
                             for aspect, text in _flat(thing).items())  # fmt: skip
