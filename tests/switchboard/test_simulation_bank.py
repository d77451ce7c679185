"""The phrase bank: it is whole, both halves differ, and every phrase can be said."""

from __future__ import annotations

import ast
import random
from collections.abc import Iterator
from pathlib import Path

import pytest
import yaml

from switchboard.simulation import bank as bank_module
from switchboard.simulation.bank import HALVES, MANNERS, PHRASES, Bank, BankError, Half, Phrase, load_bank
from switchboard.simulation.noise import said
from tests.corpora.frozen import digests_of, frozen_digests

GOALS = {
    "book", "reschedule", "cancel", "order_status", "support", "callback", "message", "payment_promise", "ask_hours",
    "ask_price", "human",
}  # fmt: skip
REPAIRS = {
    "what", "repeat", "slower", "louder", "hold_on", "explain", "robot", "human", "use_caller_number", "wrong_number",
    "call_later", "restart", "cancel", "goodbye", "after_goodbye", "come_back", "change_of_mind", "language",
}  # fmt: skip
SPOKEN = {
    "service": "exam", "date": "the tenth", "time": "two", "name": "sarah miller", "phone": "five", "code": "k four",
    "item": "kettle", "problem": "it hums", "reason": "a form", "message": "hello", "amount": "forty", "slot": "date",
    "value": "this", "wrong": "that", "part": "half", "spelled": "a b",
}  # fmt: skip


def phrases(bank: Bank) -> Iterator[Phrase]:
    for group in (bank.openings, bank.moves, *bank.answers.values()):
        for some in group.values():
            yield from some


def test_callers_open_in_many_ways() -> None:
    both = [load_bank(half).openings for half in HALVES]
    assert all(set(openings) == GOALS for openings in both)
    counts = {goal: sum(len(openings[goal]) for openings in both) for goal in GOALS}
    assert counts["book"] >= 40
    assert min(counts.values()) >= 25


def test_callers_say_yes_and_no_in_many_ways() -> None:
    for move in ("yes", "no"):
        assert sum(len(load_bank(half).moves[move]) for half in HALVES) >= 30


@pytest.mark.parametrize("half", HALVES)
def test_every_question_is_answered_in_every_manner(half: Half) -> None:
    bank = load_bank(half)
    assert {"service", "date", "time", "name", "phone", "code", "problem", "reason", "message", "amount"} <= set(
        bank.answers
    )
    for kind, manners in bank.answers.items():
        assert set(manners) == set(MANNERS), kind
        assert all("wrong" in phrase.needs for phrase in manners["correcting"])
        assert all("value" in phrase.needs for manner in set(MANNERS) - {"under"} for phrase in manners[manner])
        assert all("value" not in phrase.needs for phrase in manners["under"])


@pytest.mark.parametrize("half", HALVES)
def test_every_repair_can_be_asked_for(half: Half) -> None:
    assert set(load_bank(half).moves) >= REPAIRS


@pytest.mark.parametrize("half", HALVES)
def test_every_phrase_can_be_said(half: Half) -> None:
    for phrase in phrases(load_bank(half)):
        text = said(phrase.parts(SPOKEN))
        assert text and "{" not in text and "  " not in text
        assert text == text.lower()


def test_no_phrase_stands_in_both_halves() -> None:
    worked, held = (load_bank(half) for half in HALVES)
    for ours, others in ((worked.openings, held.openings), (worked.moves, held.moves)):
        for name in ours:
            assert not {phrase.text for phrase in ours[name]} & {phrase.text for phrase in others[name]}, name
    for kind, manners in worked.answers.items():
        for manner, some in manners.items():
            assert not {one.text for one in some} & {one.text for one in held.answers[kind][manner]}, (kind, manner)
    for kind in worked.people:
        assert not set(worked.people[kind]) & set(held.people[kind])


@pytest.mark.parametrize("half", HALVES)
def test_no_phrase_is_listed_twice(half: Half) -> None:
    bank = load_bank(half)
    for group in (bank.openings, bank.moves, *bank.answers.values()):
        for name, some in group.items():
            assert len({phrase.text for phrase in some}) == len(some), name


def test_the_bank_is_as_it_was_frozen() -> None:
    assert digests_of(PHRASES, ".yaml") == frozen_digests(PHRASES)


@pytest.mark.parametrize("half", HALVES)
def test_a_caller_who_gives_nothing_finds_an_opening_for_every_goal(half: Half) -> None:
    bank = load_bank(half)
    for goal in GOALS - {"ask_price"}:
        assert bank.opening(goal, random.Random(1)).needs == frozenset()
    assert bank.opening("ask_price", random.Random(1), {"service"}).needs <= {"service"}


def test_values_are_marked_in_what_is_said() -> None:
    phrase = Phrase("{a_service} on {date} please", frozenset({"service", "date"}))
    parts = phrase.parts({"service": "exam", "date": "the tenth"})
    assert said(parts) == "an exam on the tenth please"
    assert [part.text for part in parts if part.value] == ["an exam", "the tenth"]


@pytest.mark.parametrize(
    ("text", "value", "words"),
    [
        ("at {value}", "at two", "at two"),
        ("up for {value}", "on monday", "up for monday"),
        ("i'm free {value}", "on monday", "i'm free on monday"),
        ("pay on {value}", "tomorrow", "pay tomorrow"),
        ("pay on {value}", "the tenth", "pay on the tenth"),
        ("on {value}", "tomorrow", "tomorrow"),
        ("{value}", "on", "on"),
    ],
)
def test_one_preposition_is_enough(text: str, value: str, words: str) -> None:
    assert said(Phrase(text, frozenset({"value"})).parts({"value": value})) == words


def test_a_missing_value_is_named() -> None:
    with pytest.raises(BankError, match="needs date"):
        Phrase("on {date}", frozenset({"date"})).parts({})


def test_what_the_bank_lacks_is_named_with_what_it_has() -> None:
    bank = load_bank("worked")
    with pytest.raises(BankError, match=r"no goal 'sing'; it has ask_hours, ask_price, book"):
        bank.opening("sing", random.Random(1))
    with pytest.raises(BankError, match="no manner 'loud'"):
        bank.answer("date", "loud", random.Random(1))
    with pytest.raises(BankError, match="no answers for 'mood'"):
        bank.answer("mood", "terse", random.Random(1))
    with pytest.raises(BankError, match="can do with value"):
        bank.answer("date", "correcting", random.Random(1))


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yes: [a]", "expected the two lists"),
        ("greet: {worked: [hi]}", "expected the two lists"),
        ("greet: {worked: [yes], held: [b]}", "in quotes"),
        ("greet: {worked: ['{oh'], held: [b]}", "names in braces"),
        ("greet: {worked: [], held: [b]}", "expected a list of texts"),
        ("- a", "expected names"),
        ("a: [", "cannot be read"),
    ],
)
def test_a_bad_file_is_refused_with_its_place(tmp_path: Path, text: str, reason: str) -> None:
    for name in ("openings", "answers", "moves", "values", "people", "noise"):
        (tmp_path / f"{name}.yaml").write_text((PHRASES / f"{name}.yaml").read_text())
    (tmp_path / "moves.yaml").write_text(text)
    with pytest.raises(BankError, match=reason) as refused:
        load_bank("worked", tmp_path)
    assert "moves.yaml" in str(refused.value)


def test_a_missing_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(BankError, match=r"openings\.yaml: cannot be read"):
        load_bank("held", tmp_path)


def test_simulated_callers_know_nothing_of_the_grammar() -> None:
    folder = Path(bank_module.__file__).parent
    for name in ("bank", "days", "noise", "numerals", "personas", "saying", "spelling"):
        tree = ast.parse((folder / f"{name}.py").read_text())
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        imported |= {one.name for node in ast.walk(tree) if isinstance(node, ast.Import) for one in node.names}
        assert not {one for one in imported if one.split(".")[0] in {"spoken", "agent", "workflows"}}, name


def test_every_list_of_the_files_is_text() -> None:
    for path in PHRASES.glob("*.yaml"):
        pending = [yaml.safe_load(path.read_text())]
        while pending:
            one = pending.pop()
            if isinstance(one, dict):
                pending.extend(one.values())
                assert all(isinstance(key, str) for key in one), path
            elif isinstance(one, list):
                pending.extend(one)
            else:
                assert isinstance(one, str), (path, one)
