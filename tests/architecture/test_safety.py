"""No call is decided without the watch, and nothing that can be configured takes it away."""

from __future__ import annotations

import ast
import inspect
from dataclasses import fields

import yaml

from agent.offline_parts import offline_engine
from calls.conversation import Conversation
from calls.line import Line
from tests.architecture.sources import PACKAGES, PROJECT, dotted, python_files, tree
from workflows.language.keys import SCRIPT, STEPS

FORBIDDEN = ("watch", "danger", "safety", "second_ear")


def test_a_conversation_cannot_be_made_without_a_watch() -> None:
    parameter = inspect.signature(Conversation).parameters["watch"]
    assert parameter.default is inspect.Parameter.empty
    assert parameter.annotation == "Watch", "not `Watch | None`"


def test_every_conversation_of_ours_is_given_one() -> None:
    made = [
        (path, node)
        for path in python_files(*PACKAGES)
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Call) and dotted(node.func) == "Conversation"
    ]
    assert made
    for path, node in made:
        given = [*node.args, *(word.value for word in node.keywords)]
        assert any("watch" in ast.unparse(one) for one in given), path


def test_no_line_setting_or_key_of_a_script_speaks_of_it() -> None:
    names = [field.name for field in fields(Line)]
    names += [key.name for key in SCRIPT] + [key.name for keys in STEPS.values() for key in keys]
    settings = (PROJECT / ".env.example").read_text(encoding="utf-8").lower()
    assert [name for name in names if any(word in name for word in FORBIDDEN)] == []
    assert not any(word in settings for word in FORBIDDEN)


def test_where_the_offline_engine_is_the_second_ear_is() -> None:
    assert list(inspect.signature(offline_engine).parameters) == ["speech", "detector"], "nothing to leave it out by"
    assert "second_ear=SecondEar(" in inspect.getsource(offline_engine)


def test_no_shipped_script_has_words_of_danger_of_its_own() -> None:
    for path in (PROJECT / "workflows" / "scripts").glob("*.yaml"):
        script = yaml.safe_load(path.read_text(encoding="utf-8"))
        assert not any(str(line).startswith("danger") for line in script.get("lines", {})), path
