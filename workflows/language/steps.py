"""Reading the steps of a script."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Literal

from calls.commands import Value
from spoken import Kind
from workflows.language.catalogue import UNAVAILABLE, ActionSpec
from workflows.language.keys import ARGUMENT, CASE, INTENT, STEPS, names
from workflows.language.lines import Scope, read_line, read_lines
from workflows.language.model import (
    CALL_TRUTHS,
    SHARED,
    Act,
    Argument,
    Case,
    Choose,
    Collect,
    Confirm,
    Decide,
    End,
    HandOver,
    Intent,
    Ladder,
    Line,
    Say,
    Start,
    Step,
)  # fmt: skip
from workflows.language.nodes import Fields, Node, suggestion

Values = Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Where:
    """What reading one step needs to know around it."""

    id: str
    following: str
    """the step written below it; empty for the last"""
    scope: Scope
    actions: Mapping[str, ActionSpec]


def read_step(node: Node, where: Where) -> Step:
    """One step. Raises ScriptError."""
    fields = node.fields(f"step {where.id}")
    verbs = [verb for verb in _READERS if verb in fields.found]
    if not verbs:
        raise node.refuse(f"step {where.id} does nothing", f"give it one of: {', '.join(_READERS)}")
    # `end` may have last words, `act`, `start` and `hand_over` a line to cover the wait: `say` is theirs then.
    verb = next((verb for verb in verbs if verb != "say"), "say")
    others = [other for other in verbs if other not in (verb, "say")]
    if others:
        raise node.refuse(f"step {where.id} does two things, {verb} and {others[0]}", "make it two steps")
    return _READERS[verb](node.fields(f"step {where.id}", names(STEPS[verb])), where)


def _then(fields: Fields, where: Where, key: str = "then") -> str:
    node = fields.get(key)
    if node is not None:
        return node.identifier(key)
    if not where.following:
        raise fields.at.refuse(
            f"step {where.id} leads nowhere", "add then: STEP, or write a step with end: below it", "leads-nowhere"
        )
    return where.following


def _line(fields: Fields, key: str, where: Where) -> Line | None:
    node = fields.get(key)
    return read_line(node, key, where.scope) if node else None


def _ladder(fields: Fields, where: Where) -> Ladder:
    found: dict[str, tuple[Line, ...]] = {}
    for key in ("no_match", "silence"):
        node = fields.get(key)
        found[key] = read_lines(node, key, where.scope) if node else ()
        if node is not None and len(found[key]) > 3:
            raise node.refuse(
                f"{key} has {len(found[key])} lines",
                "write at most three: after the third a way out is offered",
                "too-many-rungs",
            )
    return Ladder(found["no_match"], found["silence"], _line(fields, "keys", where))


def _slot(node: Node, what: str, where: Where) -> str:
    return node.one_of(what, where.scope.slots)


def literal(node: Node, slot: str, scope: Scope) -> Value:
    """A value of ``slot`` as it is written in a script. Raises ScriptError when the slot cannot have it."""
    spec, text = scope.slots[slot], node.text(f"a value of {slot}")
    if spec.kind == Kind.choice:
        ids = [option.id for option in spec.options]
        if text not in ids:
            raise node.refuse(f"{slot} has no option {text!r}", suggestion(text, ids), "unknown-name")
    if spec.kind == Kind.yes_no:
        return node.truth(f"a value of {slot}")
    if spec.kind in (Kind.number, Kind.party_size, Kind.ordinal):
        try:
            return int(text) if spec.kind != Kind.number or text.lstrip("-").isdigit() else float(text)
        except ValueError as why:
            raise node.refuse(f"{text!r} is no {spec.kind}", "write a number") from why
    return text


def _say(fields: Fields, where: Where) -> Step:
    clears = fields.get("clears")
    return Say(
        where.id,
        read_lines(fields.need("say"), "say", where.scope),
        _then(fields, where),
        tuple(_slot(item, "clears", where) for item in clears.items("clears")) if clears else (),
        fields.at.line,
    )


def _collect(fields: Fields, where: Where) -> Step:
    slot = _slot(fields.need("collect"), "slot", where)
    yes, no = fields.get("yes"), fields.get("no")
    return Collect(
        where.id,
        slot,
        read_line(fields.need("ask"), "ask", where.scope),
        _then(fields, where),
        _ladder(fields, where),
        literal(yes, slot, where.scope) if yes else None,
        literal(no, slot, where.scope) if no else None,
        fields.at.line,
    )


def _confirm(fields: Fields, where: Where) -> Step:
    node = fields.need("confirm")
    slots = tuple(_slot(item, "slot", where) for item in node.items("confirm"))
    ask = read_line(fields.need("ask"), "ask", where.scope)
    unread = [slot for slot in slots if not any(p.source == "slot" and p.name == slot for p in ask.places)]
    if unread:
        raise node.refuse(
            f"step {where.id} asks for a yes to {unread[0]!r} without reading it back",
            f"put {{{unread[0]}}} into its ask, or take it out of the list",
            "confirm-without-read-back",
        )
    declined = fields.need("declined").identifier("declined")
    return Confirm(
        where.id, slots, ask, _line(fields, "change", where), declined, _then(fields, where),
        _ladder(fields, where), fields.at.line,
    )  # fmt: skip


def _act(fields: Fields, where: Where) -> Step:
    node = fields.need("act")
    spec = where.actions[node.one_of("action", where.actions)]
    arguments = _arguments(fields, spec, where)
    refused: dict[str, str] = {}
    known = [*sorted(spec.refusals), UNAVAILABLE, "else"]
    for code, target in fields.need("refused").fields(f"refused of {where.id}", known).found.items():
        refused[code] = target.identifier("a step")
    uncovered = [] if "else" in refused else [code for code in known[:-1] if code not in refused]
    if uncovered:
        raise fields.need("refused").refuse(
            f"step {where.id} does not say what follows when {spec.name} answers {uncovered[0]!r}",
            f"add {uncovered[0]}: STEP, or else: STEP",
            "uncovered-refusal",
        )
    return Act(
        where.id, spec.name, spec.writes, arguments, _line(fields, "say", where), _then(fields, where), refused,
        spec.outcome, fields.at.line,
    )  # fmt: skip


def _arguments(fields: Fields, spec: ActionSpec, where: Where) -> dict[str, Argument]:
    node = fields.get("arguments")
    given = node.fields(f"arguments of {spec.name}", spec.arguments).found if node else {}
    missing = [name for name in spec.arguments if name not in given and name not in spec.optional]
    if missing:
        at = node or fields.at
        raise at.refuse(
            f"{spec.name} needs the argument {missing[0]!r}",
            f"add {missing[0]}: SLOT under arguments",
            "missing-argument",
        )
    return {name: _argument(name, item, spec, where) for name, item in given.items()}


def _argument(name: str, node: Node, spec: ActionSpec, where: Where) -> Argument:
    if node.is_mapping:
        return Argument("text", node.fields(f"argument {name}", names(ARGUMENT)).need("text").text(name))
    text = node.text(f"argument {name}")
    if text == "call.caller":
        return Argument("caller", "")
    if text == "call.reason":
        return Argument("reason", "")
    if text.startswith("fact.") and text[5:] in where.scope.facts:
        return Argument("fact", text[5:])
    slot = where.scope.slots.get(text)
    if slot is None:
        known = [*where.scope.slots, "call.caller", "call.reason", *(f"fact.{fact}" for fact in where.scope.facts)]
        raise node.refuse(f"argument {name} names {text!r}, which is nothing", suggestion(text, known), "unknown-name")
    wanted = spec.arguments[name]
    alike = {wanted, "spelled_name" if wanted == "person_name" else wanted}
    if slot.kind not in alike and wanted != "free_text":
        raise node.refuse(f"argument {name} is a {wanted}, slot {text} is a {slot.kind}", "give it a slot of that kind")
    return Argument("slot", text)


def _decide(fields: Fields, where: Where) -> Step:
    cases = tuple(_case(item, where) for item in fields.need("decide").items("decide"))
    return Decide(where.id, cases, _then(fields, where, "else"), fields.at.line)


def _case(node: Node, where: Where) -> Case:
    fields = node.fields("a branch", names(CASE))
    subjects = [key for key in ("slot", "fact", "call") if fields.get(key)]
    if len(subjects) != 1:
        raise node.refuse("a branch asks about one thing", "give it one of slot:, fact: or call:")
    source = subjects[0]
    subject_node = fields.need(source)
    known: Mapping[str, object] = {
        "slot": where.scope.slots, "fact": where.scope.facts, "call": dict.fromkeys(CALL_TRUTHS)
    }[source]  # fmt: skip
    subject = subject_node.one_of(source, known)
    then = fields.need("then").identifier("then")
    is_node, known_node = fields.get("is"), fields.get("known")
    if (is_node is None) == (known_node is None):
        raise node.refuse(f"the branch on {subject} has no condition", "give it is: VALUE, or known: true")
    if known_node is not None:
        return Case(_SOURCES[source], subject, (), known_node.truth("known"), then)
    items = is_node.items("is") if is_node is not None else []
    if source == "slot":
        values: tuple[Value, ...] = tuple(literal(item, subject, where.scope) for item in items)
    elif source == "call":
        values = tuple(item.truth("is") for item in items)
    else:
        values = tuple(item.text("is") for item in items)
    return Case(_SOURCES[source], subject, values, None, then)


def _choose(fields: Fields, where: Where) -> Step:
    intents = []
    for name, item in fields.need("choose").fields("choose").found.items():
        entry = item.fields(f"intent {name}", names(INTENT))
        then, script = entry.get("then"), entry.get("script")
        if (then is None) == (script is None):
            raise item.refuse(
                f"intent {name} leads nowhere", "give it then: STEP or script: NAME, one of them", "leads-nowhere"
            )
        says = tuple(way.text("says") for way in entry.need("says").items("says"))
        intents.append(
            Intent(name, says, then.identifier("then") if then else "", script.identifier("script") if script else "")
        )
    yes, no = fields.get("yes"), fields.get("no")
    return Choose(
        where.id, read_line(fields.need("ask"), "ask", where.scope), tuple(intents),
        yes.identifier("yes") if yes else "", no.identifier("no") if no else "", _ladder(fields, where), fields.at.line,
    )  # fmt: skip


def _start(fields: Fields, where: Where) -> Step:
    fills = fields.get("with")
    given = fills.fields("with").found if fills else {}
    # The other script's slots are checked when the set is put together; here they are only text.
    values: Values = {name: item.text(name) for name, item in given.items()}
    return Start(
        where.id, fields.need("start").identifier("start"), _line(fields, "say", where), values, fields.at.line
    )


def _message(fields: Fields, where: Where) -> Step:
    line = read_line(fields.need("message"), "message", where.scope)
    return Start(where.id, SHARED, line, {"wish": "message"}, fields.at.line)


def _hand_over(fields: Fields, where: Where) -> Step:
    fields.need("hand_over").one_of("hand_over", ("human",))
    otherwise = fields.get("otherwise")
    return HandOver(
        where.id, _line(fields, "say", where), otherwise.identifier("otherwise") if otherwise else "", fields.at.line
    )


def _end(fields: Fields, where: Where) -> Step:
    disposition = fields.need("end").identifier("disposition")
    node = fields.get("say")
    return End(where.id, read_lines(node, "say", where.scope) if node else (), disposition, fields.at.line)


_SOURCES: dict[str, Literal["slot", "fact", "call"]] = {"slot": "slot", "fact": "fact", "call": "call"}
_Reader = Callable[[Fields, Where], Step]
_READERS: dict[str, _Reader] = {
    "say": _say,
    "collect": _collect,
    "confirm": _confirm,
    "act": _act,
    "decide": _decide,
    "choose": _choose,
    "start": _start,
    "message": _message,
    "hand_over": _hand_over,
    "end": _end,
}
"""By verb; the keys each takes stand in ``keys.STEPS``."""
