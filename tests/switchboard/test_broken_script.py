"""One script that cannot be read does not keep the others from being tried."""

from __future__ import annotations

from pathlib import Path

import pytest

from switchboard.cli import main

SCENARIO = """scenario: Hours
script: {script}
steps:
  - says: what are your opening hours
    hears: nine
  - hangs_up
"""


def test_the_scenarios_of_other_scripts_are_played(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    scripts, scenarios = tmp_path / "scripts", tmp_path / "scenarios"
    for folder in (scripts, scenarios):
        folder.mkdir()
    (scripts / "book.yaml").write_text("script: book\nsteps: {}\n")
    for script in ("book", "front_desk"):
        (scenarios / f"{script}.yaml").write_text(SCENARIO.format(script=script))
    monkeypatch.setenv("SWITCHBOARD_SCRIPTS", str(scripts))
    assert main(["workflow", "test", str(scenarios)]) == 1
    told = capsys.readouterr()
    assert "1 of 1 scenarios went as expected" in told.out
    assert "book.yaml:" in told.err
    assert "1 scenarios not played: their script cannot be read" in told.err
    (scripts / "book.yaml").unlink()
    assert main(["workflow", "test", str(scenarios)]) == 0
