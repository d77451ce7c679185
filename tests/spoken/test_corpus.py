"""The corpus of spoken values is the one that was frozen, is what its README says, and is not spent.

The percentages are reported by ``python -m tests.corpora.check spoken``.
"""

from __future__ import annotations

import io
import json
import sys
from collections import Counter
from pathlib import Path

import pytest

from spoken import Kind
from switchboard.cli import main as command
from tests.corpora.frozen import digests_of, frozen_digests
from tests.corpora.spoken.cases import HALVES, HERE, Case, Half, read, same, words_of
from tests.corpora.spoken.checking import Outcome, check, exact, failures, main, percentile, table, try_case

LEAST_PER_KIND = {"date": 110, "time": 70, "phone": 60, "code": 50}
LEAST_OF_ANY_KIND = 30
LEAST_EDGE_DATES = 40
LEAST_SHARE_OF_NOTHING_SAID = 0.12

# Numbers of worked cases per kind, spread over the file, which the grammar already heard right at the freeze.
HEARD_AT_THE_FREEZE = {
    "date": (1, 19, 37, 56, 75, 92, 110),
    "time": (1, 10, 21, 30, 41, 50, 60),
    "datetime": (1, 5, 9, 14, 18, 23, 29),
    "date_range": (1, 4, 8, 12, 17, 24, 28),
    "duration": (1, 5, 10, 14, 19, 23, 31),
    "number": (1, 5, 10, 15, 19, 24, 31),
    "ordinal": (1, 5, 9, 14, 18, 22, 31),
    "money": (1, 5, 10, 14, 20, 25, 30),
    "phone": (1, 9, 17, 26, 34, 42, 50),
    "email": (1, 5, 9, 13, 17, 22, 29),
    "person_name": (1, 5, 9, 14, 18, 23, 31),
    "spelled_name": (1, 6, 13, 19, 24, 30, 36),
    "address": (1, 5, 9, 14, 20, 25),
    "postcode": (1, 6, 11, 16, 21, 26, 32),
    "date_of_birth": (1, 5, 9, 13, 19, 23, 30),
    "code": (1, 9, 16, 24, 31, 39, 48),
    "yes_no": (1, 6, 11, 16, 21, 26, 33),
    "choice": (1, 6, 12, 17, 24, 29, 34),
    "party_size": (1, 5, 10, 15, 19, 24, 31),
    "card": (1, 6, 11, 17, 22, 27, 33),
    "free_text": (1, 5, 10, 14, 19, 23, 28),
}


@pytest.fixture(scope="module")
def halves() -> dict[Half, tuple[Case, ...]]:
    return {half: read(half) for half in HALVES}


def test_the_files_are_the_frozen_ones() -> None:
    assert digests_of(HERE) == frozen_digests(HERE)


def test_an_edited_file_is_noticed(tmp_path: Path) -> None:
    for half in HALVES:
        (tmp_path / f"{half}.jsonl").write_bytes((HERE / f"{half}.jsonl").read_bytes())
    with (tmp_path / "held.jsonl").open("ab") as held:
        held.write(b"\n")
    assert digests_of(tmp_path)["held.jsonl"] != frozen_digests(HERE)["held.jsonl"]
    assert digests_of(tmp_path)["worked.jsonl"] == frozen_digests(HERE)["worked.jsonl"]


@pytest.mark.parametrize("half", HALVES)
def test_every_kind_has_enough_cases(half: Half, halves: dict[Half, tuple[Case, ...]]) -> None:
    counted = Counter(case.kind for case in halves[half])
    assert set(counted) == {kind.value for kind in Kind}
    short = {kind: n for kind, n in counted.items() if n < LEAST_PER_KIND.get(kind, LEAST_OF_ANY_KIND)}
    assert not short
    assert sum(case.kind == "date" and case.edge for case in halves[half]) >= LEAST_EDGE_DATES
    nothing = sum(case.value is None for case in halves[half])
    assert nothing >= LEAST_SHARE_OF_NOTHING_SAID * len(halves[half])
    assert {case.context.locale for case in halves[half]} == {"en-US", "en-GB"}


def test_both_halves_have_the_same_mixture(halves: dict[Half, tuple[Case, ...]]) -> None:
    counts = [Counter(case.kind for case in halves[half]) for half in HALVES]
    assert all(abs(counts[0][kind] - counts[1][kind]) <= 5 for kind in counts[0])


def test_ids_are_unique_and_no_text_is_in_both_halves(halves: dict[Half, tuple[Case, ...]]) -> None:
    ids = Counter(case.id for half in HALVES for case in halves[half])
    assert max(ids.values()) == 1
    worked, held = ({words_of(case.text) for case in halves[half]} for half in HALVES)
    assert not worked & held


@pytest.mark.parametrize("half", HALVES)
def test_no_case_is_there_twice(half: Half, halves: dict[Half, tuple[Case, ...]]) -> None:
    seen = Counter(
        (case.kind, case.text.lower(), case.context.now, case.context.locale, case.context.choices)
        for case in halves[half]
    )
    assert max(seen.values()) == 1


@pytest.mark.parametrize("half", HALVES)
def test_now_is_written_with_its_offset_and_gold_has_the_type_of_its_kind(half: Half) -> None:
    for line in (HERE / f"{half}.jsonl").read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        assert record["now"][-6] in "+-", record["id"]
        expected = {"yes_no": bool, "number": (int, float), "ordinal": int, "party_size": int}.get(record["kind"], str)
        assert record["value"] is None or isinstance(record["value"], expected), record["id"]


@pytest.mark.parametrize(
    ("kind", "value", "gold", "alike"),
    [
        ("duration", "PT90M", "PT1H30M", True),
        ("duration", "P2W", "P14D", True),
        ("duration", "PT24H", "P1D", False),
        ("duration", "soon", "P1D", False),
        ("address", "42 maple avenue", "42 Maple Avenue", True),
        ("address", "101 1st Avenue", "101 First Avenue", True),
        ("address", "101 2nd Avenue", "101 First Avenue", False),
        ("free_text", "Uh, my boiler leaks.", "my boiler leaks", True),
        ("free_text", "my boiler", "my boiler leaks", False),
        ("person_name", "john smith", "John Smith", False),
        ("number", 23.0, 23, True),
        ("number", "23", 23, False),
        ("yes_no", 1, True, False),
        ("date", None, "2026-03-17", False),
        ("date", "2026-03-17", None, False),
        ("date", None, None, True),
    ],
)
def test_when_an_answer_is_right(
    kind: str, value: str | float | bool | None, gold: str | float | bool | None, alike: bool
) -> None:
    assert same(kind, value, gold) is alike


def test_the_check_shows_no_text_of_the_held_half(
    halves: dict[Half, tuple[Case, ...]], capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["--half", "held", "--failures", "2000"]) == 0
    printed = capsys.readouterr().out
    assert not [case.id for case in halves["held"] if len(case.text) > 12 and case.text in printed]


def test_a_failure_lowers_the_percentage_and_is_listed_worst_first(halves: dict[Half, tuple[Case, ...]]) -> None:
    first, second, third, fourth = halves["worked"][:4]
    outcomes = [
        Outcome(first, first.value, 0.9, "", 0.1),
        Outcome(second, None, 0.0, "missed", 0.2),
        Outcome(third, "1999-01-01", 0.8, "wrong", 0.3),
        Outcome(fourth, None, 0.0, "raised", 0.4),
    ]
    assert exact(outcomes) == 25.0
    listed = failures(outcomes, limit=2, show_texts=True)
    assert [line.split()[0] for line in listed] == [fourth.id, third.id]
    assert third.text in listed[1] and third.text not in failures(outcomes, limit=2, show_texts=False)[1]
    assert percentile([outcome.ms for outcome in outcomes], 0.5) == 0.2
    assert any(line.startswith("all") and " 25.0 " in line for line in table("worked", outcomes))


def test_nothing_a_caller_says_raises() -> None:
    for half in HALVES:
        assert not [outcome.case.id for outcome in check(half) if outcome.failing == "raised"]


@pytest.mark.parametrize("kind", HEARD_AT_THE_FREEZE)
def test_what_was_heard_right_at_the_freeze_still_is(kind: str, halves: dict[Half, tuple[Case, ...]]) -> None:
    by_id = {case.id: case for case in halves["worked"]}
    outcomes = [try_case(by_id[f"w-{kind}-{number:03d}"]) for number in HEARD_AT_THE_FREEZE[kind]]
    assert not [(outcome.case.text, outcome.value, outcome.case.value) for outcome in outcomes if outcome.failing]


def test_the_command_says_what_the_check_measures(
    halves: dict[Half, tuple[Case, ...]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Every seventh case of the worked half through ``switchboard parse --jsonl``, as its file has it."""
    lines = (HERE / "worked.jsonl").read_text(encoding="utf-8").splitlines()[::7]
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))
    assert command(["parse", "--jsonl"]) == 0
    printed = {line["id"]: line for line in map(json.loads, capsys.readouterr().out.splitlines())}
    measured = {case.id: try_case(case) for case in halves["worked"] if case.id in printed}
    assert len(printed) == len(lines) == len(measured)
    assert [id for id, line in printed.items() if line["value"] != measured[id].value] == []
    assert [id for id, line in printed.items() if line["confidence"] != measured[id].confidence] == []


@pytest.mark.parametrize("half", HALVES)
def test_every_date_at_an_edge_is_exact(half: Half, halves: dict[Half, tuple[Case, ...]]) -> None:
    edges = [try_case(case) for case in halves[half] if case.kind == "date" and case.edge]
    assert not [outcome.case.id for outcome in edges if outcome.failing]
