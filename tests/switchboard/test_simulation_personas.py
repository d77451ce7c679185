"""The simulated callers: twenty, each with something of its own, and a file that says what is wrong with it."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from switchboard.simulation.bank import HALVES, BankError, load_bank
from switchboard.simulation.personas import PERSONAS, RATES, load_personas, weighted


def test_there_are_twenty_and_no_two_behave_alike() -> None:
    personas = load_personas()
    assert len(personas) == 20
    behaviours = [
        (persona.manners, persona.goals, persona.noise, persona.patience, *(getattr(persona, rate) for rate in RATES))
        for persona in personas.values()
    ]
    assert all(one not in behaviours[:at] for at, one in enumerate(behaviours))
    assert all(persona.about for persona in personas.values())


def test_every_goal_is_somebodys_and_every_habit_as_well() -> None:
    personas = load_personas().values()
    goals = {goal for persona in personas for goal in persona.goals}
    assert goals == set(load_bank("worked").openings)
    for rate in RATES:
        assert max(getattr(persona, rate) for persona in personas) >= 0.1, rate
    assert any(persona.child for persona in personas)


def test_every_weight_names_what_both_halves_of_the_bank_have() -> None:
    for half in HALVES:
        bank = load_bank(half)
        for persona in load_personas().values():
            assert set(persona.goals) <= set(bank.openings)
            for kind, styles in persona.styles.items():
                assert set(styles) <= set(bank.values[kind]), (persona.name, kind)


def test_choices_follow_their_weights() -> None:
    rng = random.Random(5)
    drawn = [weighted({"often": 9, "seldom": 1, "never": 0}, rng) for _ in range(1000)]
    assert 50 <= drawn.count("seldom") <= 160
    assert "never" not in drawn


def test_the_same_seed_draws_the_same_call() -> None:
    persona = load_personas()["elderly"]
    first, second = (
        (persona.goal(rng), persona.manner(rng), persona.style("phone", rng))
        for rng in (random.Random(6), random.Random(6))
    )
    assert first == second
    assert persona.style("mood", random.Random(1)) == ""


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("patience: 6", "patience: none", "patience: 'none' is not a whole number"),
        ("interrupts: 0.03", "interrupts: 3", "interrupts: 3 is not between 0 and 1"),
        ("silent: 0.01", "silnt: 0.01", "missing or unknown: silent, silnt"),
        ("pause_ms: [300, 1200]", "pause_ms: [1200, 300]", "the shorter one stands first"),
        ("manners: {terse: 4,", "manners: {loud: 4,", "loud is not in the phrase bank"),
        ("goals: {book: 5,", "goals: {book: -5,", "zero or more"),
        ("noise: {fill: 0.02,", "noise: {fuzz: 0.02,", "expected some of drop, fill"),
        ("personas:", "people:", "expected `defaults:` and `personas:`"),
        ("date: {relative: 2,", "date: {shouted: 2,", "shouted is not in the phrase bank"),
    ],
)
def test_a_bad_field_is_refused_with_its_place(tmp_path: Path, old: str, new: str, reason: str) -> None:
    text = PERSONAS.read_text()
    assert old in text
    path = tmp_path / "personas.yaml"
    path.write_text(text.replace(old, new, 1))
    with pytest.raises(BankError, match=reason):
        load_personas(path)
