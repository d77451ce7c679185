"""Stored calls: out of the database or an export, turn by turn; and going on without them."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import create_async_engine

from calls.errors import ConfigurationError
from calls.line import Line
from records.log import PostgresSink
from records.store import serve_as_app_role
from switchboard import settings
from switchboard.qualify.stored import Call, calls_of_export, entry_of, newest_calls
from switchboard.qualify.turns import stored_turns
from switchboard.rehearsal.transcript import export_lines
from tests.records import sample_call
from tests.switchboard.qualify.models import TURNS, good, tried
from workflows.language.scripts import shipped_scripts

LINE = Line("front desk", "+15550100", "book", "Robin", "Harbor Dental", "Hello.")


def test_the_newest_of_a_line_that_have_ended(fresh_database: str, tmp_path: Path) -> None:
    async def run() -> tuple[list[Call], list[Call]]:
        engine = create_async_engine(fresh_database)
        serve_as_app_role(engine)
        async with PostgresSink(engine, "w1", tmp_path / "spool").running() as sink:
            await sample_call.tell(sink, "CA1")
            await sample_call.tell(sink, "CA2", upto_ms=3_000.0)
        await engine.dispose()
        chosen = settings.read({"DATABASE_URL": fresh_database})
        found, why = await newest_calls(chosen, LINE, 10)
        assert why == ""
        other, why = await newest_calls(chosen, Line("other", "*", "book", "R", "H", "Hi."), 10)
        assert why == "no call of line other is stored yet"
        return found, other

    found, other = asyncio.run(run())
    assert [len(call) > 20 for call in found] == [True], "CA2 is not over"
    assert other == []


def test_without_a_database_it_says_why(tmp_path: Path) -> None:
    nowhere = settings.read({"SWITCHBOARD_VAR": str(tmp_path)})
    assert asyncio.run(newest_calls(nowhere, LINE, 5)) == (
        [], "there is no database here; set DATABASE_URL, or give an export with --file",
    )  # fmt: skip
    away = settings.read({"DATABASE_URL": "postgresql://nobody:secret@127.0.0.1:9/none"})
    calls, why = asyncio.run(newest_calls(away, LINE, 5))
    assert calls == [] and "cannot be read" in why and "secret" not in why
    assert asyncio.run(newest_calls(away, LINE, 0)) == ([], "not asked for")


def exported(folder: Path) -> Path:
    path = folder / "calls.jsonl"
    path.write_bytes(b"\n".join(export_lines("CA1", asyncio.run(sample_call.events()))))
    return path


def test_the_turns_of_a_call_stand_where_they_were_said(tmp_path: Path) -> None:
    (call,) = calls_of_export(exported(tmp_path), 5)
    assert entry_of(call, LINE) == "book"
    stored = stored_turns([call], shipped_scripts(), lambda _: (LINE, "book"))
    assert stored.calls == 1
    assert [turn.heard.text for turn in stored.turns] == ["a table on march 17th <b>please</b>", "yes"]
    assert stored.turns[1].talk[-1].text.startswith("That is Tuesday")
    assert all(turn.meant == () for turn in stored.turns)
    assert all("2025550123" not in repr(turn) for turn in stored.turns)


def test_a_call_of_a_line_that_is_gone_is_passed_over(tmp_path: Path) -> None:
    calls = calls_of_export(exported(tmp_path), 5)
    assert stored_turns(calls, shipped_scripts(), lambda _: None).calls == 0
    assert calls_of_export(exported(tmp_path), 0) == []


def test_an_export_that_is_not_there_is_named(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match=r"gone.jsonl: cannot be read"):
        calls_of_export(tmp_path / "gone.jsonl", 5)


def test_stored_turns_are_asked_about_and_told_of(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    outcome = asyncio.run(tried(good, capsys, "--against", "offline", "--json", "--file", str(exported(tmp_path))))
    told = outcome.told
    assert told["material"][1] == "2 turns of 1 stored calls; 0 left out, not to be masked"
    assert "2 masked turns of stored calls" in told["sent"][0]
    asked = b" ".join(one.raw for one in outcome.server.received).decode()
    assert "a table on march 17th" in asked and "2025550123" not in asked
    assert told["candidate"]["answers"] == len(TURNS) + 2
