"""docs/first-script.md, done as it says: its commands run, its edits applied, its output compared."""

from __future__ import annotations

import re
import shlex
from dataclasses import dataclass
from pathlib import Path

import pytest

from switchboard.cli import main

PAGE = Path(__file__).parents[2] / "docs" / "first-script.md"
_BLOCK = re.compile(r"^```(?P<kind>\w+)(?: (?P<path>\S+))?\n(?P<body>.*?)^```$", re.MULTILINE | re.DOTALL)


@dataclass(frozen=True, slots=True)
class Block:
    """One fenced block of the page."""

    kind: str
    path: str
    body: str
    line: int


def blocks() -> list[Block]:
    """Every fenced block, in order."""
    text = PAGE.read_text(encoding="utf-8")
    return [
        Block(m["kind"], m["path"] or "", m["body"], text.count("\n", 0, m.start()) + 1) for m in _BLOCK.finditer(text)
    ]


def _apply(body: str, path: Path) -> None:
    """A change as `diff` shows it: what has a space or a minus is there once; what has a space or a plus comes."""
    lines = [line or " " for line in body.splitlines()]
    old = "".join(line[1:] + "\n" for line in lines if line[0] in " -")
    new = "".join(line[1:] + "\n" for line in lines if line[0] in " +")
    text = path.read_text(encoding="utf-8")
    assert text.count(old) == 1, f"these lines stand {text.count(old)} times in {path}:\n{old}"
    path.write_text(text.replace(old, new), encoding="utf-8")


def _run(body: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Commands with the output that is shown below each."""
    for part in re.split(r"^\$ ", body, flags=re.MULTILINE)[1:]:
        command, _, shown = part.partition("\n")
        words = shlex.split(command)
        assert words[0] == "switchboard"
        main(words[1:])
        printed = capsys.readouterr()
        assert printed.out == shown, command
        assert printed.err == "", command


def test_the_page_is_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("SWITCHBOARD_SCRIPTS", "SWITCHBOARD_LINES"):
        monkeypatch.delenv(name, raising=False)
    done = {"console": 0, "diff": 0, "yaml": 0}
    for block in blocks():
        path = tmp_path / block.path
        if block.kind == "console":
            _run(block.body, capsys)
        elif block.kind == "diff":
            _apply(block.body, path)
        else:
            assert block.kind == "yaml" and block.path, f"line {block.line}: a block the test does not know"
            assert not path.exists()
            path.write_text(block.body, encoding="utf-8")
        done[block.kind] += 1
    assert done["console"] >= 5 and done["diff"] >= 5 and done["yaml"] == 1
    assert (tmp_path / "clinic.html").stat().st_size > 10_000


def test_a_quarter_of_an_hour_is_enough() -> None:
    words = len(re.sub(_BLOCK, "", PAGE.read_text(encoding="utf-8")).split())
    typed = sum(line.startswith("+") for block in blocks() if block.kind == "diff" for line in block.body.splitlines())
    typed += sum(len(block.body.splitlines()) for block in blocks() if block.kind == "yaml")
    # 200 words a minute to read, ten seconds a line to type, half a minute a block of commands
    minutes = words / 200 + typed / 6 + sum(block.kind == "console" for block in blocks()) / 2
    assert minutes <= 15.5, f"{minutes:.1f} minutes"
