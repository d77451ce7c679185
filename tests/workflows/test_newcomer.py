"""What somebody with a folder of their own types: scripts count by name, and a broken file breaks only itself."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from switchboard.cli import main

Capture = pytest.CaptureFixture[str]


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: Capture) -> Path:
    monkeypatch.chdir(tmp_path)
    assert main(["workflow", "new", "clinic"]) == 0
    capsys.readouterr()
    return tmp_path


def test_a_script_of_ones_own_is_compared_by_its_name(folder: Path, capsys: Capture) -> None:
    mine = folder / "scripts" / "clinic.yaml"
    (folder / "other.yaml").write_text(mine.read_text().replace("Which day would suit you?", "Which day, please?"))
    assert main(["workflow", "diff", "clinic", "other.yaml"]) == 1
    assert "Which day, please?" in capsys.readouterr().out


def test_coverage_of_ones_own_scenarios_speaks_of_the_scripts_they_play(folder: Path, capsys: Capture) -> None:
    assert main(["workflow", "coverage", "scenarios", "--json"]) == 0
    assert set(json.loads(capsys.readouterr().out)["scripts"]) == {"clinic"}


@pytest.mark.parametrize("verb", ["graph", "fmt", "lint"])
def test_what_is_no_text_is_told_with_its_path(folder: Path, verb: str, capsys: Capture) -> None:
    (folder / "scripts" / "photo.yaml").write_bytes(b"\xff\xfe\x00")
    assert main(["workflow", verb, "scripts/photo.yaml"]) in (1, 2)
    told = "".join(capsys.readouterr())
    assert "scripts/photo.yaml" in told and "UTF-8" in told


def test_a_broken_script_leaves_the_others_formatted(folder: Path, capsys: Capture) -> None:
    (folder / "scripts" / "a.yaml").write_text("script: a\nsteps: []\n")
    mine = folder / "scripts" / "clinic.yaml"
    tidy = mine.read_text()
    mine.write_text(tidy.replace("kind: choice", "kind:   choice"))
    assert main(["workflow", "fmt"]) == 2
    assert mine.read_text() == tidy
    said = capsys.readouterr()
    assert "scripts/clinic.yaml: formatted" in said.out and "scripts/a.yaml:2" in said.err
