"""The published JSON Schema: drawn from the reader's tables, and of one mind with the reader."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
import yaml
from jsonschema import Draft202012Validator

from tests.workflows.test_language import BROKEN, GOOD
from workflows.language import ScriptError
from workflows.language.keys import ARGUMENT, CASE, INTENT, LINE, NOTE, SCRIPT, SLOT, STEPS, TOPIC, Key
from workflows.language.loader import parse_script
from workflows.language.scripts import SHIPPED
from workflows.schema import render, schema

VALIDATOR = Draft202012Validator(schema())


class Yaml12(yaml.SafeLoader):
    """YAML as editors read it: 1.2, where `no` is a word."""

    yaml_implicit_resolvers = {}  # noqa: RUF012  # as in the base class


Yaml12.add_implicit_resolver("tag:yaml.org,2002:bool", re.compile("^(true|false)$"), list("tf"))
Yaml12.add_implicit_resolver("tag:yaml.org,2002:int", re.compile(r"^[-+]?\d+$"), list("+-0123456789"))


def _valid(text: str) -> bool:
    return bool(VALIDATOR.is_valid(yaml.load(text, Yaml12)))  # a SafeLoader


def test_the_published_schema_is_the_one_drawn_from_the_tables() -> None:
    assert (SHIPPED / "schema.json").read_text(encoding="utf-8") == render(), "run: switchboard workflow schema -o ..."


def test_it_is_a_schema() -> None:
    Draft202012Validator.check_schema(json.loads(render()))


@pytest.mark.parametrize("path", sorted(SHIPPED.glob("*.yaml")), ids=lambda path: path.stem)
def test_every_shipped_script_is_valid(path: Path) -> None:
    document = yaml.load(path.read_text(encoding="utf-8"), Yaml12)
    assert [error.message for error in VALIDATOR.iter_errors(document)] == []


# What a schema cannot know: which names there are in this script, where they lead, and what is said on the way there.
_BEYOND = frozenset(
    {
        "a key twice", "bad pattern", "bad limit", "no such list", "unknown slot", "unknown gap", "argument kind",
        "argument from nowhere", "unknown step", "unknown declined", "never reached", "leads nowhere",
        "claim too early", "claim after a refusal", "receipt too early", "receipt field", "unknown fact",
        "unread slot", "unconfirmed write", "unread confirmation", "hours reversed", "claim in wording",
    }
)  # fmt: skip
_NO_YAML = frozenset({"bad indentation", "control characters"})


@pytest.mark.parametrize(
    "case", [case for case in BROKEN if case[0] not in _BEYOND | _NO_YAML], ids=lambda case: str(case[0])
)
def test_a_script_of_the_wrong_form_is_refused(case: tuple[str, str, str, int, str, str]) -> None:
    assert not _valid(GOOD.replace(case[1], case[2], 1))


def _tables() -> list[tuple[str, Key]]:
    found = [("script", key) for key in SCRIPT] + [("slot", key) for key in SLOT]
    for name, keys in (("topic", TOPIC), ("line", LINE), ("intent", INTENT), ("case", CASE), ("note", NOTE)):
        found += [(name, key) for key in keys]
    found += [("argument", key) for key in ARGUMENT]
    return found + [(verb, key) for verb, keys in STEPS.items() for key in keys]


@pytest.mark.parametrize(("where", "key"), _tables(), ids=lambda item: item if isinstance(item, str) else item.name)
def test_every_key_of_the_tables_is_in_the_schema_with_its_meaning(where: str, key: Key) -> None:
    text = json.dumps(schema())
    assert json.dumps(key.name) in text
    assert json.dumps(key.meaning) in text


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    collect: color\n", "    collect: color\n    retries: 3\n"),
        ("    collect: color\n", "    collect: color\n    retries: 5\n"),
        ("    collect: color\n", "    collect: color\n    digressions: none\n"),
        ("    collect: color\n", "    collect: color\n    language: en-GB\n"),
        ("ask: Red or blue?", "ask: {text: 'Red or blue?', must_say: true, interruptible: false}"),
        ("title: a demo", "title: a demo\nlocale: en-GB\nhours: ['08:00', '17:30']"),
        ("  phone: {kind: phone}", "  phone: {kind: phone, confirm: explicit, offer_caller: false}"),
        ("  phone: {kind: phone}", "  phone: {kind: phone}\n  code: {kind: code, length: 64}"),
        ("    end: declined\n", "    hand_over: human\n    say: One moment.\n"),
    ],
)
def test_what_the_reader_takes_the_schema_takes(old: str, new: str) -> None:
    text = GOOD.replace(old, new, 1)
    parse_script(text, "demo.yaml")
    assert _valid(text)


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("    collect: color\n", "    collect: color\n    retries: 6\n"),
        ("    collect: color\n", "    collect: color\n    retries: 0\n"),
        ("    collect: color\n", "    collect: color\n    language: de-DE\n"),
        ("  phone: {kind: phone}", "  phone: {kind: phone, pattern: a}"),
        ("  phone: {kind: phone}", "  phone: {kind: phone}\n  code: {kind: code, length: 65}"),
        ("  phone: {kind: phone}", "  phone: {kind: phone, minimum: 1}"),
        ("    end: declined\n", "    hand_over: machine\n"),
        ("refused: {else: sorry}", "refused: {oops: sorry}"),
        ("refused: {else: sorry}", "refused: {}"),
        ("arguments: {phone: phone}", "arguments: {fax: phone}"),
        ("    end: declined\n", "    decide: [{slot: color, then: note}]\n    else: note\n"),
        ("    end: declined\n", "    decide: [{slot: color, fact: x, is: red, then: note}]\n    else: note\n"),
    ],
)
def test_what_neither_takes(old: str, new: str) -> None:
    text = GOOD.replace(old, new, 1)
    with pytest.raises(ScriptError):
        parse_script(text, "demo.yaml")
    assert not _valid(text)
