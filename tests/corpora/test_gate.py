"""The gate's corpora: frozen, in two halves that share no more than small talk; and what the gate makes of it."""

from __future__ import annotations

import json

import pytest

from tests.corpora.frozen import digests_of, frozen_digests
from tests.corpora.gate.checking import BENIGN, HALVES, HERE, cases, score
from tests.corpora.gate.making import EACH, KINDS


@pytest.mark.parametrize("folder", [HERE, BENIGN], ids=["gate", "benign"])
def test_a_changed_corpus_is_a_visible_act(folder) -> None:  # type: ignore[no-untyped-def]
    assert digests_of(folder) == frozen_digests(folder)


@pytest.mark.parametrize("half", HALVES)
def test_there_are_as_many_as_is_said(half: str) -> None:
    kinds = [case.kind for case in cases(half)]
    assert all(kinds.count(kind) == EACH for kind in KINDS)
    assert kinds.count("benign") >= 1000


def test_no_sentence_stands_in_both_halves() -> None:
    worked, held = ({case.text for case in cases(half) if case.kind == "benign"} for half in HALVES)
    shared = {text for text in worked & held if len(text.split()) > 7}
    assert shared == set()


def test_a_wrong_value_is_not_what_stands_in_the_facts() -> None:
    for half in HALVES:
        for line in (HERE / f"{half}.jsonl").read_text("utf-8").splitlines():
            case = json.loads(line)
            assert case["wrong"].lower() in case["text"].lower()


def test_no_wrong_value_of_the_worked_half_gets_through() -> None:
    found = score("worked")
    assert [case.id for case in found.through] == []
    assert len(found.blocked) <= 0.02 * found.benign
