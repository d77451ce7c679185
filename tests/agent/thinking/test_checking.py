"""What a model may have the script do: what the script allows, with the caller's words as evidence."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from agent.thinking.checking import SAID, commands_of
from agent.thinking.model import Json
from agent.thinking.schema import form_for
from calls.commands import (
    Affirm,
    AskQuestion,
    Command,
    CorrectSlot,
    FillSlot,
    Remark,
    StartWorkflow,
    Unclear,
)
from calls.guidance import Guidance, SlotExpectation
from calls.speech import Heard
from tests.agent.thinking.facts import FACTS, GUIDANCE, SLOTS


def of(*items: dict[str, Any], said: str = "a cleaning next Thursday for Anna", guidance: Guidance = GUIDANCE) -> Any:
    return commands_of(list[Json](items), guidance, Heard(said, 0, 0), FACTS)


def tell(slot: str, value: str, words: str = "") -> dict[str, Any]:
    return {"do": "tell", "slot": slot, "value": value, "words": words or value}


TABLE: list[tuple[str, dict[str, Any], tuple[Command, ...]]] = [
    ("a choice", tell("service", "cleaning", "a cleaning"), (FillSlot("service", "cleaning", "a cleaning", 0.9),)),
    ("no such choice", tell("service", "surgery", "a cleaning"), ()),
    ("no such slot", tell("amount", "500"), ()),
    ("its words are read", tell("date", "", "next Thursday"), ()),
    ("canonical", tell("date", "2026-03-20", "Friday"), (FillSlot("date", "2026-03-20", "Friday", 0.45),)),
    ("what is known is put right", tell("name", "Anna"), (CorrectSlot("name", "Anna", "Anna", 0.0),)),
    ("no value of the kind", tell("date", "purple"), ()),
    ("the slot is wrong", {"do": "wrong", "slot": "date"}, (CorrectSlot("date", None, "", 0.8),)),
    ("a script", {"do": "start", "workflow": "book", "later": False}, (StartWorkflow("book", 0.9),)),
    ("another as well", {"do": "start", "workflow": "book", "later": True}, (StartWorkflow("book", 0.9, True),)),
    ("no such script", {"do": "start", "workflow": "refund"}, ()),
    ("a topic", {"do": "ask", "topic": "hours"}, (AskQuestion("hours", ""),)),
    ("no such topic", {"do": "ask", "topic": "secrets"}, ()),
    ("yes", {"do": "yes"}, (Affirm(0.9),)),
    ("not allowed here", {"do": "cancel"}, ()),
    ("a remark", {"do": "remark", "kind": "thanks"}, (Remark("thanks", ""),)),
    ("no such remark", {"do": "remark", "kind": "praise"}, ()),
    ("no language", {"do": "language", "language": "en; drop"}, ()),
    ("no command", {"do": "book", "date": "today"}, ()),
    ("a class of ours", {"do": "HangUp"}, ()),
    ("nothing", {}, ()),
    ("a script that is none", {"do": "start", "workflow": ["book"]}, ()),
    ("a topic that is none", {"do": "ask", "topic": {"id": "hours"}}, ()),
]


@pytest.mark.parametrize(("item", "expected"), [row[1:] for row in TABLE], ids=[row[0] for row in TABLE])
def test_only_what_is_allowed_becomes_a_command(item: dict[str, Any], expected: tuple[Command, ...]) -> None:
    found = of(item)
    assert [type(command) for command in found] == [type(command) for command in expected]
    for command, wanted in zip(found, expected, strict=True):
        for name in ("slot", "value", "workflow", "later", "topic", "kind"):
            assert getattr(command, name, None) == getattr(wanted, name, None)


def test_words_the_caller_did_not_say_count_little() -> None:
    (said,) = of(tell("date", "Thursday"))
    (unsaid,) = of(tell("date", "tomorrow"))
    assert (said.value, unsaid.value) == ("2026-03-19", "2026-03-17")
    assert said.confidence >= 0.7 > 0.5 > unsaid.confidence


def test_what_leads_to_a_person_is_taken_from_the_callers_words_alone() -> None:
    phone = SlotExpectation("phone", "phone")
    asked = replace(GUIDANCE, slots=(*SLOTS, phone))
    number = tell("phone", "+12125550143")
    assert of(number, tell("name", "Sarah Miller"), said="ring me back", guidance=asked) == ()
    said = "two one two five five five oh one four three"
    (found,) = of(number, said=said, guidance=asked)
    assert found.value == "+12125550143" and found.confidence >= SAID


def test_what_is_written_down_for_the_caller_are_their_own_words() -> None:
    (note,) = of(tell("note", "The customer is a thief"), said="the crown came loose")
    assert note.value == note.text == "the crown came loose"


def test_a_recognizer_that_is_not_sure_makes_nothing_surer() -> None:
    (command,) = commands_of(
        [tell("service", "cleaning", "a cleaning")], GUIDANCE, Heard("a cleaning", 0, 0, 0.4), FACTS
    )
    assert isinstance(command, FillSlot) and command.confidence == 0.36


@pytest.mark.parametrize(
    "raw", [None, 3, "yes", {"do": "yes"}, [["yes"]], [None], [{"do": ["yes"]}], [{"do": "yes"}] * 0]
)
def test_what_is_no_list_of_commands_is_none(raw: Any) -> None:
    assert commands_of(raw, GUIDANCE, Heard("yes", 0, 0), FACTS) == ()


def test_unclear_beside_something_clear_is_left_out_and_nothing_stands_twice() -> None:
    assert of({"do": "unclear"}, {"do": "yes"}, {"do": "yes"}) == (Affirm(0.9),)
    assert isinstance(of({"do": "unclear"}, guidance=Guidance("s"))[0], Unclear)


ITEMS = st.dictionaries(
    st.sampled_from(["do", "slot", "value", "words", "workflow", "topic", "kind", "later", "when", "language"]),
    st.sampled_from(
        ["tell", "wrong", "start", "ask", "yes", "remark", "machine", "language", "call_later", "goodbye", "human",
         "service", "date", "name", "note", "cleaning", "book", "hours", "thanks", "Thursday", "", True, None, 7, []]
    ),
)  # fmt: skip


@given(st.lists(ITEMS, max_size=12), st.text(max_size=30))
def test_whatever_is_written_stays_within_the_guidance(items: list[dict[str, Any]], said: str) -> None:
    for command in commands_of(list[Json](items), GUIDANCE, Heard(said, 0, 0), FACTS):
        assert type(command).__name__ in {*GUIDANCE.allowed, "Unclear"}
        if isinstance(command, FillSlot | CorrectSlot):
            assert GUIDANCE.slot(command.slot) is not None
        if isinstance(command, StartWorkflow):
            assert command.workflow == "book"


# --- the form -----------------------------------------------------------------------------------------------


def _objects(schema: Json) -> list[dict[str, Json]]:
    found: list[dict[str, Json]] = []
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            found.append(schema)
        for inner in schema.values():
            found += _objects(inner)
    if isinstance(schema, list):
        for inner in schema:
            found += _objects(inner)
    return found


def test_the_form_is_strict_and_in_order() -> None:
    schema = dict(form_for(GUIDANCE).schema)
    Draft202012Validator.check_schema(schema)
    properties = schema["properties"]
    assert isinstance(properties, dict) and list(properties) == ["commands", "reply"]
    for each in _objects(schema):
        assert each["additionalProperties"] is False
        inner = each["properties"]
        assert isinstance(inner, dict) and each["required"] == list(inner)


def test_the_form_offers_real_ids_and_nothing_else() -> None:
    valid = Draft202012Validator(dict(form_for(GUIDANCE).schema)).is_valid
    assert valid({"commands": [tell("service", "cleaning")], "reply": ""})
    assert not valid({"commands": [tell("service", "surgery")], "reply": ""})
    assert not valid({"commands": [{"do": "start", "workflow": "refund", "later": False}], "reply": ""})
    assert not valid({"commands": [{"do": "cancel"}], "reply": ""})
    assert not valid({"commands": []})


def test_where_the_script_speaks_no_reply_is_asked_for() -> None:
    schema = form_for(Guidance("date", "date", SLOTS, GUIDANCE.allowed)).schema
    assert list(schema["properties"]) == ["commands"]  # type: ignore[call-overload, arg-type]


def test_what_has_been_said_does_not_change_the_form() -> None:
    told = replace(GUIDANCE, slots=tuple(replace(slot, filled=True, said="x") for slot in SLOTS))
    assert form_for(told) == form_for(GUIDANCE)
