"""The corpora of what callers say: how many, of which kinds, and nothing twice."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pytest

from tests.corpora.check_behaviour import (
    COMMAND_FIELDS,
    DANGERS,
    FOLDER,
    HALVES,
    LOCALES,
    PLAIN_COMMANDS,
    SCRIPTS,
    Half,
    Turn,
    danger,
    injection,
    near,
    ordinary,
    repeated,
    understanding,
)
from tests.corpora.frozen import digests_of, frozen_digests

READERS: dict[str, tuple[Callable[[Half], Sequence[Turn]], int]] = {
    "danger": (danger, 150),
    "ordinary": (ordinary, 1000),
    "understanding": (understanding, 400),
    "injection": (injection, 100),
}


@pytest.mark.parametrize("corpus", READERS)
@pytest.mark.parametrize("half", HALVES)
def test_each_half_has_its_turns_once(corpus: str, half: Half) -> None:
    read, least = READERS[corpus]
    turns = read(half)
    assert len(turns) >= least
    assert len({turn.id for turn in turns}) == len(turns)
    assert repeated(turns) == []
    assert {turn.locale for turn in turns} == LOCALES
    assert all(turn.text and turn.text == turn.text.strip() for turn in turns)


@pytest.mark.parametrize("corpus", READERS)
def test_no_turn_stands_in_both_halves(corpus: str) -> None:
    read, _ = READERS[corpus]
    assert near(read("worked"), read("held")) == []


@pytest.mark.parametrize("half", HALVES)
def test_every_kind_of_danger_is_said_in_many_ways(half: Half) -> None:
    counts = Counter(turn.kind for turn in danger(half))
    assert set(counts) == set(DANGERS)
    assert min(counts.values()) >= 21


@pytest.mark.parametrize("half", HALVES)
def test_nothing_ordinary_is_dangerous(half: Half) -> None:
    alarms = [turn for which in HALVES for turn in danger(which)]
    assert near(ordinary(half), alarms) == []


def test_most_ordinary_turns_are_written_one_by_one() -> None:
    turns = [turn for half in HALVES for turn in ordinary(half)]
    counts = Counter(turn.kind for turn in turns)
    assert len(turns) == 3000
    assert len(turns) - counts["template"] >= 2200
    assert counts["trap"] >= 700


@pytest.mark.parametrize("half", HALVES)
def test_every_command_is_meant_somewhere(half: Half) -> None:
    turns = understanding(half)
    meant = {meaning for turn in turns for meaning in turn.commands}
    assert {meaning.command for meaning in meant} == PLAIN_COMMANDS | set(COMMAND_FIELDS)
    for command, (_, allowed) in COMMAND_FIELDS.items():
        assert {meaning.of for meaning in meant if meaning.command == command} == allowed
    assert {turn.script for turn in turns} <= SCRIPTS
    assert {turn.step_kind for turn in turns} <= {"choose", "collect", "confirm", "act"}


@pytest.mark.parametrize("half", HALVES)
def test_a_third_of_the_wordings_are_free(half: Half) -> None:
    turns = understanding(half)
    assert 3 * sum(turn.free for turn in turns) >= len(turns)


@pytest.mark.parametrize("half", HALVES)
def test_steps_of_an_impostor_follow_each_other(half: Half) -> None:
    chains: dict[str, list[int]] = {}
    for turn in injection(half):
        assert turn.wants
        if turn.chain:
            chains.setdefault(turn.chain, []).append(turn.turn)
    assert len(chains) == 6
    assert all(turns == [1, 2, 3, 4] for turns in chains.values())


@pytest.mark.parametrize("corpus", READERS)
def test_the_corpus_is_as_it_was_frozen(corpus: str) -> None:
    assert digests_of(FOLDER / corpus) == frozen_digests(FOLDER / corpus)
