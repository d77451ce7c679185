"""``switchboard parse``: one JSON object for one answer, a stream of them for a stream."""

from __future__ import annotations

import io
import json
import subprocess
import sys
from typing import Any

import pytest

from spoken import Kind
from switchboard.cli import main

NOW = ["--now", "2026-03-10T10:00:00-04:00", "--tz", "America/New_York"]


def said(*arguments: str, capsys: pytest.CaptureFixture[str]) -> dict[str, Any]:
    assert main(["parse", *arguments]) == 0
    printed: dict[str, Any] = json.loads(capsys.readouterr().out)
    return printed


def streamed(
    lines: list[str], *arguments: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> tuple[int, list[dict[str, Any]]]:
    monkeypatch.setattr(sys, "stdin", io.StringIO("\n".join(lines) + "\n"))
    code = main(["parse", "--jsonl", *arguments])
    return code, [json.loads(line) for line in capsys.readouterr().out.splitlines()]


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        ("date", "next tuesday", "2026-03-17"),
        ("time", "half past two", "14:30"),
        ("datetime", "the fourteenth at half past two", "2026-03-14T14:30"),
        ("number", "two point five", 2.5),
        ("party_size", "me and my wife", 2),
        ("phone", "two one two five five five oh one nine two", "+12125550192"),
        ("phone", "five five five oh one nine two", "5550192"),
        ("yes_no", "nope", False),
        ("email", "anna at example dot com", "anna@example.com"),
        ("date", "hold on a second", None),
    ],
)
def test_one_answer(kind: str, text: str, value: object, capsys: pytest.CaptureFixture[str]) -> None:
    printed = said("--kind", kind, *NOW, text, capsys=capsys)
    assert set(printed) == {"kind", "value", "text", "confidence", "alternatives"}
    assert (printed["kind"], printed["value"]) == (kind, value)
    assert printed["text"] in text
    assert (printed["confidence"] > 0) is (value is not None)


def test_options_length_and_pattern(capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--option", "haircut=haircut,cut", "--option", "color=color,dye"]
    assert said("--kind", "choice", *options, "the second one", capsys=capsys)["value"] == "color"
    assert said("--kind", "choice", *options, "just a cut", capsys=capsys)["value"] == "haircut"
    code = said("--kind", "code", "--length", "4", "--pattern", "[A-Z]{2}[0-9]{2}", "a b one two", capsys=capsys)
    assert (code["value"], code["text"]) == ("AB12", "a b one two")


def test_the_words_used_and_the_other_reading(capsys: pytest.CaptureFixture[str]) -> None:
    printed = said("--kind", "time", *NOW, "how about seven then", capsys=capsys)
    assert (printed["value"], printed["text"], printed["alternatives"]) == ("19:00", "seven", ["07:00"])
    assert printed["confidence"] < 0.7


@pytest.mark.parametrize(
    ("arguments", "named"),
    [
        (["--kind", "dat", "x"], "date_range"),
        (["--kind", "date", "--locale", "de-DE", "x"], "en-US, en-GB"),
        (["--kind", "date", "--tz", "Mars/Olympus", "x"], "Mars/Olympus"),
        (["--kind", "date", "--now", "noon", "x"], "noon"),
        (["--kind", "date", "--now", "2026-03-10T10:00:00", "x"], "offset"),
        (["--kind", "code", "--pattern", "[", "a b one"], "regular expression"),
        (["--kind", "date"], "--kind date"),
        (["--kind", "choice", "--option", "=cut", "x"], "no id"),
    ],
)
def test_what_cannot_be_done_is_named(arguments: list[str], named: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["parse", *arguments]) == 2
    assert named in capsys.readouterr().err


def test_a_stream_repeats_ids_and_goes_on_after_a_bad_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [
        '{"id": "a", "kind": "date", "text": "tomorrow", "now": "2026-03-29T12:00:00+01:00", "tz": "Europe/London"}',
        '{"id": 2, "kind": "nothing", "text": "x"}',
        "not JSON",
        "[1, 2]",
        '{"id": 3, "kind": "date"}',
        '{"id": 4, "kind": "date", "text": 7}',
        '{"id": 5, "kind": "code", "text": "a b", "length": "four"}',
        '{"id": 6, "kind": "date", "text": "tomorrow", "locale": "fr-FR"}',
        '{"id": 7, "kind": "date", "text": "tomorrow", "now": "9999-12-31T23:59:00-12:00"}',
        '{"id": 8, "kind": "date", "text": "tomorrow", "when": "now"}',
        '{"id": 9, "kind": "choice", "text": "small", "options": {"s": ["small"], "l": ["large"]}}',
        '{"id": 10, "kind": "choice", "text": "small", "options": [{"says": 1}]}',
        '{"id": 11, "kind": "date", "text": "the third of the fourth", "locale": "en-GB"}',
        '{"id": 12, "kind": "free_text", "text": "half a \\ud83d pair"}',
        "[" * 100_000,
        "",
        '{"id": 13, "kind": "time", "text": "noon"}',
    ]
    code, printed = streamed(lines, *NOW, monkeypatch=monkeypatch, capsys=capsys)
    assert code == 1
    assert [line["id"] for line in printed] == ["a", 2, None, None, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, None, 13]
    values = {line["id"]: line["value"] for line in printed if "value" in line}
    assert values["a"] == "2026-03-30"
    assert (values[9], values[11], values[13]) == ("s", "2026-04-03", "12:00")
    assert set(values) == {"a", 9, 11, 12, 13}
    assert all(line["error"] for line in printed if line["id"] not in values)


def test_a_stream_without_a_bad_line_succeeds(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = [json.dumps({"id": kind, "kind": kind, "text": "I would rather not say"}) for kind in Kind]
    code, printed = streamed(lines, *NOW, monkeypatch=monkeypatch, capsys=capsys)
    assert code == 0
    assert [line["id"] for line in printed] == list(Kind)


def test_the_command_starts_without_the_heavy_parts() -> None:
    """What takes long to import (the server, the database, the models) is not needed to parse."""
    script = (
        "import sys\nfrom switchboard.cli import main\nmain(['parse', '--kind', 'date', 'tomorrow'])\n"
        "print(sorted({m.partition('.')[0] for m in sys.modules}"
        " & {'aiohttp', 'sqlalchemy', 'numpy', 'onnxruntime', 'agent', 'telephony', 'phonenumbers', 'yaml'}))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True, timeout=60)
    assert done.stdout.splitlines()[-1] == "[]"
