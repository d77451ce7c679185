"""Reading what a script can know: its slots."""

from __future__ import annotations

import re
from datetime import date, time
from typing import cast

from calls.guidance import Option
from spoken import Kind
from workflows.language.keys import SLOT, names
from workflows.language.model import CALL_PLACES, ConfirmPolicy, Slot
from workflows.language.nodes import Fields, Node, ScriptError

KINDS = tuple(kind.value for kind in Kind)
POLICIES = ("never", "implicit", "explicit", "unsure")
_RELATIVE = re.compile(r"today([+-][0-9]{1,4})?")
_RESERVED = frozenset({*CALL_PLACES, "fact", "receipt", "call", "today"})


def read_slots(node: Node | None) -> tuple[dict[str, Slot], list[ScriptError]]:
    """The slots that can be read, and what is wrong with the others."""
    slots: dict[str, Slot] = {}
    faults: list[ScriptError] = []
    for name, item in (node.fields("slots").found if node else {}).items():
        try:
            slots[name] = _slot(name, item)
        except ScriptError as fault:
            faults.append(fault)
    return slots, faults


def _slot(name: str, node: Node) -> Slot:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,40}", name) or name in _RESERVED:
        raise node.refuse(f"a slot cannot be called {name!r}", "use another name of lower case letters and underscores")
    fields = node.fields(f"slot {name}", names(SLOT))
    kind = fields.need("kind").one_of("kind", KINDS)
    options = _options(name, kind, fields)
    for key in SLOT:
        unfit = fields.get(key.name)
        if unfit is not None and key.only and kind not in key.only:
            raise unfit.refuse(f"{key.name} is for slots of kind {', '.join(key.only)}", "leave it out")
    called = fields.get("names")
    policy = fields.get("confirm")
    offer = fields.get("offer_caller")
    among, optional = fields.get("among"), fields.get("optional")
    return Slot(
        name=name,
        kind=kind,
        names=tuple(item.text("a name of a slot") for item in called.items("names"))
        if called
        else (name.replace("_", " "),),
        options=options,
        length=_length(fields),
        pattern=_pattern(fields),
        minimum=_limit(fields, "minimum", kind),
        maximum=_limit(fields, "maximum", kind),
        among=among.text("among") if among else "",
        confirm=cast(ConfirmPolicy, policy.one_of("confirm", POLICIES)) if policy else "unsure",
        offer_caller=offer.truth("offer_caller") if offer else kind == "phone",
        optional=optional.truth("optional") if optional else False,
        at=node.line,
    )


def _options(name: str, kind: str, fields: Fields) -> tuple[Option, ...]:
    node = fields.get("options")
    if (kind == "choice") != (node is not None):
        at = node or fields.at
        if kind == "choice":
            raise at.refuse(
                f"slot {name} is a choice of nothing", "add options: with an id and what people say for each"
            )
        raise at.refuse(f"slot {name} has options but is a {kind}", "make it kind: choice, or leave options out")
    if node is None:
        return ()
    return tuple(
        Option(option, tuple(item.text(f"what people say for {option}") for item in says.items(f"option {option}")))
        for option, says in node.fields("options").found.items()
    )


def _length(fields: Fields) -> int | None:
    node = fields.get("length")
    if node is None:
        return None
    return node.whole("length", 1, 64)


def _pattern(fields: Fields) -> str | None:
    node = fields.get("pattern")
    if node is None:
        return None
    pattern = node.text("pattern")
    try:
        re.compile(pattern)
    except re.error as why:
        raise node.refuse(f"pattern {pattern!r} is no regular expression ({why})", "mend it") from why
    return pattern


def _limit(fields: Fields, which: str, kind: str) -> str | None:
    node = fields.get(which)
    if node is None:
        return None
    text = node.text(which)
    try:
        if kind == "date":
            if not _RELATIVE.fullmatch(text):
                date.fromisoformat(text)
        elif kind == "time":
            time.fromisoformat(text)
        else:
            float(text)
    except ValueError as why:
        examples = {"date": "today, today+90 or 2026-03-17", "time": "09:00"}
        raise node.refuse(f"{which} {text!r} is no {kind}", f"write {examples.get(kind, 'a number')}") from why
    return text
