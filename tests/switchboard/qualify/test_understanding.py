"""A language model qualified over a vendor's wire: good, wrong, slow, failing, and one that talks past the gate."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from calls.errors import ConfigurationError
from switchboard.cli import main
from switchboard.loopback.model_server import Fault
from switchboard.qualify.verdict import LATENCY_MS
from tests.switchboard.qualify.models import HAIKU, TURNS, boastful, good, tried, wrong


@pytest.fixture(autouse=True)
def _a_folder_of_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("DATABASE_URL", "SWITCHBOARD_VAR", "SWITCHBOARD_LINES", "ANTHROPIC_API_KEY"):
        monkeypatch.delenv(name, raising=False)


OFFLINE = ("--against", "offline", "--json")


def test_a_good_model_may_take_the_place(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = asyncio.run(tried(good, capsys, *OFFLINE))
    assert (outcome.code, outcome.missed) == (0, []), outcome.printed
    candidate = outcome.told["candidate"]
    assert candidate["right_percent"] == 100.0, [d for d in outcome.told["divergences"] if d["weight"] > 0]
    assert candidate["failed_percent"] == candidate["wrong_percent"] == 0.0
    assert candidate["usd_per_1000"] > 0 and outcome.told["current"]["usd_per_1000"] == 0
    assert candidate["gate_judged"] > 0 and candidate["gate_blocked"] == {}
    assert len(outcome.server.received) >= len(TURNS), "every turn goes to the model, also those a grammar reads"


def test_a_model_that_calls_things_off_may_not(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = asyncio.run(tried(wrong, capsys, *OFFLINE))
    assert outcome.code == 1
    assert "wrong" in outcome.missed
    worst = outcome.told["divergences"][0]
    assert (worst["weight"], worst["candidate"]) == (3, "cancel")


def test_a_model_that_is_slow_may_not(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(LATENCY_MS, "understanding", 100.0)
    outcome = asyncio.run(tried(good, capsys, *OFFLINE, first_ms=150.0))
    assert (outcome.code, outcome.missed) == (1, ["latency p95"])
    assert outcome.told["candidate"]["latency_ms"]["p50"] >= 150.0


@pytest.mark.parametrize("fault", [Fault.OVERLOADED, Fault.GARBAGE, Fault.KEY, Fault.RESET])
def test_a_model_that_fails_now_and_then_may_not(fault: Fault, capsys: pytest.CaptureFixture[str]) -> None:
    outcome = asyncio.run(tried(good, capsys, *OFFLINE, faults=lambda number: fault if number % 4 < 2 else None))
    assert outcome.code == 1
    assert "failed" in outcome.missed
    assert sum(outcome.told["candidate"]["failures"].values()) > 0


def test_a_model_that_talks_past_the_gate_may_not(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = asyncio.run(tried(boastful, capsys, *OFFLINE))
    assert (outcome.code, outcome.missed) == (1, ["gate blocks"])
    assert sum(outcome.told["candidate"]["gate_blocked"].values()) > 0


def test_the_page_names_checks_material_and_where_it_went(capsys: pytest.CaptureFixture[str]) -> None:
    outcome = asyncio.run(tried(good, capsys, "--against", "offline"))
    for words in (
        "right", "latency p95", "USD per 1,000 turns", "divergences", "no stored calls: there is no database",
        "127.0.0.1", "offline: nothing left this machine", f"{HAIKU} may take the place of offline.",
    ):  # fmt: skip
        assert words in outcome.printed, outcome.printed


def test_against_a_provider_that_is_away_nothing_can_be_told(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(ConfigurationError, match=r"failed on 100 % of the material \(key\).*--against"):
        asyncio.run(tried(good, capsys, "--candidate", "offline", "--against", HAIKU, faults=Fault.KEY))


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["--candidate", "nobody"], "name one of: offline"),
        (["--candidate", "anthropic"], "name one of: anthropic/MODEL"),
        (["--candidate", "nobody/x"], "there is no thinking provider 'nobody/x'"),
        (["--candidate", HAIKU], "ANTHROPIC_API_KEY, which is not set"),
        (["--candidate", "offline"], "offline is the current provider already"),
        (["--candidate", "offline", "--line", "absent"], "lines.yaml"),
    ],
)
def test_what_cannot_be_done_is_told_with_the_remedy(
    arguments: list[str], told: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["qualify", "--stage", "understanding", "--against", "offline", *arguments]) == 2
    assert told in capsys.readouterr().err


def test_help_shows_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["qualify", "--help"])
    assert "switchboard qualify --stage understanding --candidate anthropic/" in capsys.readouterr().out
