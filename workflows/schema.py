"""The language as JSON Schema (draft 2020-12), for editors: drawn from the tables the reader reads with."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from spoken import SUPPORTED_LOCALES
from workflows.language.catalogue import ACTIONS, CAPTURES, UNAVAILABLE, ActionSpec
from workflows.language.keys import (
    ARGUMENT,
    CASE,
    HANDS_TO,
    INTENT,
    LINE,
    MODES,
    NOTE,
    PRESSED,
    RECORDS,
    SCRIPT,
    SECRETS,
    SLOT,
    STEPS,
    TOPIC,
    Key,
    Keys,
    Shape,
)
from workflows.language.lines import MAX_CHARACTERS
from workflows.language.nodes import IDENTIFIER
from workflows.language.slots import KINDS, POLICIES
from workflows.language.wording import ROBOT, TRUTHFUL, WORDING

Json = dict[str, Any]
"""A JSON object: schemas are made of nothing else."""

_NAME: Json = {"type": "string", "pattern": f"^{IDENTIFIER.pattern}$"}
_TEXT: Json = {"type": "string", "pattern": "\\S"}
_SCALAR: Json = {"type": ["string", "number", "boolean"]}
_HOUR: Json = {"type": "string", "pattern": "^([01][0-9]|2[0-3]):[0-5][0-9]$"}
_RUNGS = 3


def render(actions: Mapping[str, ActionSpec] = ACTIONS) -> str:
    """The schema's text, as it is published."""
    return json.dumps(schema(actions), indent=2) + "\n"


def schema(actions: Mapping[str, ActionSpec] = ACTIONS) -> Json:
    """The schema of a script which may use ``actions``."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "$id": "urn:switchboard:script",
        "title": "A Switchboard script",
        "description": "What is said and done in a call. The reference of the language is docs/language.md.",
        **_object(SCRIPT),
        "$defs": {**_shapes(actions), **_parts(actions)},
    }


def _object(keys: Keys) -> Json:
    """A mapping with the keys of a table."""
    needed = [key.name for key in keys if key.needed]
    found: Json = {"type": "object", "properties": {key.name: _at(key) for key in keys}, "additionalProperties": False}
    return {**found, "required": needed} if needed else found


def _at(key: Key) -> Json:
    """What may stand at a key."""
    if key.shape == Shape.whole:
        return {"description": key.meaning, "type": "integer", "minimum": key.least, "maximum": key.most}
    return {"description": key.meaning, "$ref": f"#/$defs/{key.shape}"}


def _ref(name: str) -> Json:
    return {"$ref": f"#/$defs/{name}"}


def _one_or_more(item: Json) -> Json:
    return {"anyOf": [item, {"type": "array", "items": item, "minItems": 1}]}


def _table(item: Json, names: Json | None = None) -> Json:
    return {"type": "object", "propertyNames": names or _NAME, "additionalProperties": item}


def _shapes(actions: Mapping[str, ActionSpec]) -> Json:
    """What each ``Shape`` stands for."""
    found: dict[Shape, Json] = {
        **dict.fromkeys((Shape.name, Shape.slot, Shape.step), _NAME),
        **dict.fromkeys((Shape.texts, Shape.phrases), _one_or_more(_TEXT)),
        **dict.fromkeys((Shape.names, Shape.slots, Shape.proof, Shape.digressions), _one_or_more(_NAME)),
        Shape.text: _TEXT,
        Shape.line: {"anyOf": [_ref("words"), _ref("line_fields")]},
        Shape.lines: _one_or_more(_ref("line")),
        Shape.rungs: {
            "anyOf": [_ref("line"), {"type": "array", "items": _ref("line"), "minItems": 1, "maxItems": _RUNGS}]
        },
        Shape.truth: {"type": "boolean"},
        Shape.number: {"type": "number"},
        Shape.hours: {"type": "array", "items": _HOUR, "minItems": 2, "maxItems": 2},
        **dict.fromkeys((Shape.value, Shape.limit), _SCALAR),
        Shape.values: _one_or_more(_SCALAR),
        Shape.pressed: {"type": "string", "pattern": f"^{PRESSED.pattern}$"},
        Shape.kind: {"enum": list(KINDS)},
        Shape.policy: {"enum": list(POLICIES)},
        Shape.action: {"enum": sorted(name for name, spec in actions.items() if not spec.keyed)},
        Shape.secret: {"enum": list(SECRETS)},
        Shape.human: {"enum": list(HANDS_TO)},
        Shape.record: {"enum": list(RECORDS)},
        Shape.mode: {"enum": list(MODES)},
        Shape.locale: {"enum": list(SUPPORTED_LOCALES)},
        Shape.options: _table(_one_or_more(_TEXT), _TEXT),
        Shape.source: {"anyOf": [_TEXT, _ref("argument")]},
        **dict.fromkeys((Shape.arguments, Shape.bindings), _table(_ref("source"))),
        Shape.refused: _table(_NAME),
        Shape.takes: _table(_NAME),
        Shape.fills: _table(_SCALAR),
        Shape.asks: _table(_ref("line")),
        Shape.cases: _one_or_more(_ref("case")),
        Shape.intents: _table(_ref("intent")),
        Shape.notes: _table(_ref("note")),
        Shape.migrations: _table(_table(_TEXT, _TEXT), {"type": "string", "pattern": "^[0-9a-f]{12,64}$"}),
        Shape.slot_table: _table(_ref("slot_fields")),
        Shape.topic_table: _table(_ref("topic"), {"not": {"const": ROBOT}, **_TEXT}),
        Shape.step_table: {**_table(_ref("step_fields")), "minProperties": 1},
        Shape.wording: _table(_ref("line"), {"enum": [key for key in WORDING if key not in TRUTHFUL]}),
    }
    return {shape.value: what for shape, what in found.items()}


def _parts(actions: Mapping[str, ActionSpec]) -> Json:
    """The mappings which stand inside others."""
    words: Json = {
        "type": "string",
        "maxLength": MAX_CHARACTERS,
        "pattern": r"^(?=[\s\S]*\S)[^{}]*(\{[^{}]+\}[^{}]*)*$",
    }
    return {
        "words": {"description": "Words to be said, with gaps: {slot}, {fact.name}, {receipt.field}.", **words},
        "line_fields": _object(LINE),
        "argument": _object(ARGUMENT),
        "topic": _object(TOPIC),
        "note": _object(NOTE),
        "intent": {**_object(INTENT), **_exactly("then", "script")},
        "case": {**_object(CASE), "allOf": [_exactly("slot", "fact", "call"), _exactly("is", "known")]},
        "slot_fields": {**_object(SLOT), "allOf": _kinds_of_slots()},
        "step_fields": _step(),
        **{f"{verb}_step": _object(keys) for verb, keys in STEPS.items() if verb not in ("act", "capture")},
        "act_step": {**_object(STEPS["act"]), "allOf": [_acting(s) for s in actions.values() if not s.keyed]},
        "capture_step": {**_object(STEPS["capture"]), "allOf": [_capturing(what) for what in SECRETS]},
    }


def _exactly(*names: str) -> Json:
    return {"oneOf": [{"required": [name]} for name in names]}


def _kinds_of_slots() -> list[Json]:
    """Keys that are for some kinds only; and a choice has options."""
    rules = []
    for key in SLOT:
        if key.only:
            fits = {"properties": {"kind": {"enum": list(key.only)}}}
            rules.append({"if": {"required": [key.name]}, "then": fits})
    choice = {"properties": {"kind": {"const": "choice"}}, "required": ["kind"]}
    return [*rules, {"if": choice, "then": {"required": ["options"]}}]


def _step() -> Json:
    """The first verb found decides; ``say`` comes last, because other steps may say something too."""
    chain: Json = _ref("say_step")
    for verb in reversed([verb for verb in STEPS if verb != "say"]):
        chain = {"if": {"required": [verb]}, "then": _ref(f"{verb}_step"), "else": chain}
    return {"type": "object", "description": "One thing that is done.", **chain}


def _capturing(what: str) -> Json:
    """Which refusals a capture of this has to cover; only a card has a post code."""
    codes = [*sorted(CAPTURES[what].refusals), UNAVAILABLE]
    refused = {
        "propertyNames": {"enum": [*codes, "else"]},
        "anyOf": [{"required": ["else"]}, {"required": codes}],
    }
    properties: Json = {"refused": refused, **({} if what == "card" else {"postcode": False})}
    return {"if": {"properties": {"capture": {"const": what}}, "required": ["capture"]}, "then": {
        "properties": properties}}  # fmt: skip


def _acting(spec: ActionSpec) -> Json:
    """What an ``act`` of this action has to give it, and which refusals it has to cover."""
    needed = [name for name in spec.arguments if name not in spec.optional]
    codes = [*sorted(spec.refusals), UNAVAILABLE]
    properties: Json = {
        "arguments": {
            "properties": dict.fromkeys(spec.arguments, True),
            "additionalProperties": False,
            "required": needed,
        },
        "refused": {
            "propertyNames": {"enum": [*codes, "else"]},
            "anyOf": [{"required": ["else"]}, {"required": codes}],
        },
    }
    then: Json = {"properties": properties, **({"required": ["arguments"]} if needed else {})}
    return {"if": {"properties": {"act": {"const": spec.name}}, "required": ["act"]}, "then": then}
