"""``switchboard understand``: what is printed, and how it leaves."""

from __future__ import annotations

import asyncio
import io
import json

import pytest

from switchboard.cli import main
from switchboard.loopback.anthropic import AnthropicServer
from switchboard.loopback.model_server import Answer

NOW = ["--now", "2026-03-16T10:00:00-04:00", "--tz", "America/New_York"]


def printed(capsys: pytest.CaptureFixture[str], *arguments: str) -> tuple[int, list[dict[str, object]], str]:
    code = main(["understand", *arguments, *NOW])
    out, err = capsys.readouterr()
    return code, [json.loads(line) for line in out.splitlines()], err


def test_the_commands_of_a_turn(capsys: pytest.CaptureFixture[str]) -> None:
    code, rows, _ = printed(capsys, "--script", "book", "--step", "date", "on Thursday, and speak up please")
    (row,) = rows
    assert code == 0
    assert row["step"] == "date" and row["path"] == "grammar"
    commands = row["commands"]
    assert isinstance(commands, list)
    assert [command["command"] for command in commands] == ["FillSlot", "SpeakUp"]
    assert commands[0]["value"] == "2026-03-19"


def test_keys(capsys: pytest.CaptureFixture[str]) -> None:
    _, rows, _ = printed(capsys, "--script", "book", "--step", "service", "--keys", "2")
    assert rows[0]["commands"][0]["value"] == "checkup"  # type: ignore[index]


def test_nothing_understood_is_exit_1(capsys: pytest.CaptureFixture[str]) -> None:
    assert printed(capsys, "--script", "book", "--step", "time", "purple", "elephants")[0] == 1


def test_many_turns_from_standard_input(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    lines = [{"id": "a", "text": "yes", "step": "check"}, {"id": "b", "text": "agent please", "script": "support"}]
    monkeypatch.setattr("sys.stdin", io.StringIO("\n".join(map(json.dumps, lines)) + "\n\n"))
    code, rows, _ = printed(capsys, "--script", "book", "--jsonl")
    assert code == 0
    assert [row["id"] for row in rows] == ["a", "b"]
    assert rows[0]["commands"][0]["command"] == "Affirm"  # type: ignore[index]
    assert rows[1]["commands"] == [{"command": "AskHuman"}]


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--script", "bok", "yes"], "no script 'bok'"),
        (["--script", "book", "--step", "dat", "yes"], "no step 'dat'"),
        (["--script", "book"], "nothing was said"),
    ],
)
def test_what_cannot_be_done_is_named(capsys: pytest.CaptureFixture[str], arguments: list[str], named: str) -> None:
    code, rows, err = printed(capsys, *arguments)
    assert (code, rows) == (2, [])
    assert named in err


def test_a_broken_line_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO("no json\n"))
    code, _, err = printed(capsys, "--script", "book", "--jsonl")
    assert code == 2 and "line 1" in err


@pytest.mark.parametrize(
    ("script", "step", "text", "names", "reply"),
    [
        ("answers", "", "can I bring my children along", ["AskQuestion"], "Children are welcome with an adult."),
        ("book", "service", "my tooth hurts, so whatever you think is best", ["FillSlot"], None),
    ],
)
def test_a_model_is_asked_as_a_line_would(
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    script: str,
    step: str,
    text: str,
    names: list[str],
    reply: str | None,
) -> None:
    """Over the vendor's own wire: the loopback server refuses a form that is not strict."""
    commands = [] if script == "answers" else [{"do": "tell", "slot": "service", "value": "checkup", "words": "tooth"}]
    form: dict[str, object] = {"commands": commands}
    if script == "answers":
        form["reply"] = "Children are welcome with an adult."

    async def both() -> tuple[int, list[dict[str, object]]]:
        async with AnthropicServer(lambda question: Answer(json.dumps(form))) as server:
            monkeypatch.setenv("ANTHROPIC_BASE_URL", server.url)
            monkeypatch.setenv("ANTHROPIC_API_KEY", server.key)
            at = ["--step", step] if step else []
            arguments = ["--script", script, *at, "--model", "anthropic/claude-haiku-5-5", text]
            code = await asyncio.to_thread(main, ["understand", *arguments, *NOW])
            assert len(server.received) == 1
            return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    code, (row,) = asyncio.run(both())
    assert code == 0
    assert row["path"] == "anthropic/claude-haiku-5-5"
    found = row["commands"]
    assert isinstance(found, list) and [command["command"] for command in found] == names
    assert row.get("reply") == reply


def test_a_model_without_a_key_is_named(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    code, rows, err = printed(capsys, "--script", "book", "--model", "anthropic/claude-haiku-5-5", "hello")
    assert (code, rows) == (2, [])
    assert "ANTHROPIC_API_KEY" in err
