"""The material every installation is measured on: frozen, readable, and right."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest
import yaml

from calls.errors import ConfigurationError
from calls.line import Line
from switchboard.qualify import hearing, speaking, turns
from switchboard.qualify.measures import spoken_words
from workflows.language.scripts import shipped_scripts

LINE = Line("main", "+15550100", "front_desk", "Robin", "Harbor Dental", "Hello.")
DIGESTS = {
    "understanding.yaml": "80e5c642e9e2b8315a91ebb9c74fa7dfc18f2c31bb38dde286cb0cee65e92dd2",
    "utterances.yaml": "87de3f3ce888202f5149562e4c21faa24b038a28f1542eb6e5d2bf3e0777409b",
    "read_backs.yaml": "bd11d4d503dbd487695452335dca121cc876e9665810ac233862301e4d930514",
}
"""A change here makes figures of before and after incomparable: bump ``version`` in the file, and say so."""


@pytest.mark.parametrize("name", DIGESTS)
def test_the_material_is_frozen(name: str) -> None:
    path = turns.FROZEN.with_name(name)
    assert hashlib.sha256(path.read_bytes()).hexdigest() == DIGESTS[name]


def test_every_turn_stands_at_a_step_and_may_mean_what_it_says() -> None:
    found = turns.frozen_turns(shipped_scripts(), LINE)
    assert len(found) == 48
    assert sum(turn.guidance.brief is not None for turn in found) >= 6
    for turn in found:
        taken = {slot.slot for slot in turn.guidance.slots}
        starts = {option.id for option in turn.guidance.workflows}
        topics = {option.id for option in turn.guidance.topics}
        for means in (each for way in turn.meant for each in way):
            do, *rest = means.split()
            allowed = {"tell": taken, "start": starts, "ask": topics}.get(do)
            assert allowed is None or rest[0] in allowed, (turn.id, means)


def test_a_script_that_is_gone_is_named(tmp_path: Path) -> None:
    path = tmp_path / "set.yaml"
    path.write_text("turns:\n  - {script: gone, step: x, text: hello, means: []}\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match=r"set.yaml: turn 1: gone/x is not there"):
        turns.frozen_turns(shipped_scripts(), LINE, path)


def test_the_words_that_matter_are_said() -> None:
    for row in yaml.safe_load(hearing.FROZEN.read_text(encoding="utf-8"))["utterances"]:
        assert " ".join(spoken_words(row["slot"])) in " ".join(spoken_words(row["text"])), row


def test_nothing_in_it_is_anybodys() -> None:
    for path in (turns.FROZEN, hearing.FROZEN, speaking.FROZEN):
        text = " ".join(spoken_words(path.read_text(encoding="utf-8")))
        assert text.count("five five five") == text.count("five five five zero one"), path.name
