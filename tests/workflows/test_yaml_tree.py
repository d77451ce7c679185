"""Scripts are read by libyaml: the same nodes, places and complaints as by PyYAML's own reader."""

from __future__ import annotations

from random import Random
from typing import Any

import pytest
import yaml

from tests.counts import count
from tests.workflows.lint.test_defects import GOOD
from tests.workflows.rewriting import rewrite
from workflows.language import ScriptError, read_script
from workflows.language.scripts import SHIPPED
from workflows.language.yaml_tree import yaml_tree

TEXTS = {**GOOD, **{path.stem: path.read_text(encoding="utf-8") for path in sorted(SHIPPED.glob("*.yaml"))}}
SPOILING = (
    "\t", " ", "\n", ":", "- ", "'", '"', "#", "[", "]", "{", "}", "&a ", "*a", "!x ", "|", ">-", "?", "é", "\r\n", "%",
    "\x00",
)  # fmt: skip
ODD = (
    "", "\n", "# nothing\n", "a: b\n---\nc: d\n", "a: [b: c, {d: e}]", "a:\n- b\n- - c\n  - d\n", "? [a, b]\n: c\n",
    "a: &x {b: c}\nd: *x\n", "a: *x\n", "a: |\n  b\n\n  c\nd: >-\n  e\n  f\n", "a: 'b''c'\nd: \"e\\n\\x41\"\n",
    "\ufeffa: b\n", "a:\tb\n", "a: b\t# c\n", "a: b #c\n", "a: '\ud800'\n", "a: \U0001f600 b\nc: d\n", "a: [\nb\n",
    "a: b: c\n", "- a\nb\n", "a: {b, c: }\n", "<<: {a: b}\n", "a: !!str 1\n", "\x85a: b", "a: http://x.example/[y]\n",
    "a: [b:c, :d]\n", "a: [b?, c]\n", "a: {? : b}\n", "a: >#\n  b\n", "a: |-# b\n  c\n", "a: >- # b\n  c\n",
)  # fmt: skip


def plainly(node: yaml.Node | None) -> Any:
    """All that is in a node, and where it begins; of where one ends the two tell differently, and nobody asks."""
    if node is None:
        return None
    begins = (node.start_mark.index, node.start_mark.line, node.start_mark.column)
    if isinstance(node, yaml.ScalarNode):
        return (node.tag, node.value, node.style, begins)
    if isinstance(node, yaml.SequenceNode):
        return (node.tag, [plainly(item) for item in node.value], bool(node.flow_style), begins)
    return (node.tag, [(plainly(key), plainly(value)) for key, value in node.value], bool(node.flow_style), begins)


def read(text: str, loader: Any) -> Any:
    """The nodes, or what the complaint says."""
    try:
        return plainly(loader(text))
    except yaml.MarkedYAMLError as why:
        return (type(why), why.problem, why.problem_mark and why.problem_mark.line)
    except yaml.YAMLError as why:
        return type(why)


def by_pyyaml(text: str) -> yaml.Node | None:
    return yaml.compose(text, Loader=yaml.SafeLoader)


def is_same(text: str) -> None:
    assert read(text, yaml_tree) == read(text, by_pyyaml), text


@pytest.mark.parametrize("name", sorted(TEXTS))
def test_scripts_are_the_same_nodes(name: str) -> None:
    is_same(TEXTS[name])


@pytest.mark.parametrize("text", ODD)
def test_odd_texts_are_the_same_nodes_or_the_same_complaint(text: str) -> None:
    is_same(text)


def test_rewritten_and_spoilt_scripts_are_the_same_nodes_or_the_same_complaint() -> None:
    """Some are still YAML, others are not, for one reason or another."""
    random, names = Random(7), sorted(GOOD)
    for _ in range(count(3_000, 20)):
        text = rewrite(GOOD[random.choice(names)], random)
        is_same(text)
        for _ in range(random.randint(1, 2)):
            at = random.randrange(len(text))
            text = text[:at] + random.choice(SPOILING) + text[at + random.randint(0, 1) :]
        is_same(text)


@pytest.mark.parametrize("text", ["[" * 400_000, "- " * 400_000, "{a: " * 200_000, "? " * 400_000])
def test_a_bottomless_text_is_refused(text: str) -> None:
    with pytest.raises(ScriptError, match="not YAML"):
        read_script(text, "deep.yaml")
