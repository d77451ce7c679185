"""`make test` runs every test once, in one of its parts, and fails when one of them does."""

from __future__ import annotations

import ast
import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests import parts, run
from tests.architecture.sources import PROJECT, dotted, python_files, tree


def test_a_file_is_read_by_one_part_and_what_waits_by_the_part_that_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    wrong = []
    for path in (path for path in python_files("tests") if path.name.startswith("test_")):
        readers = []
        for name in (parts.WAITING, parts.COMPUTING):
            monkeypatch.setenv(parts.PART, name)
            if not parts.other_part(PROJECT / path):
                readers.append(name)
        waits = any(
            dotted(node) == "pytest.mark.wire" for node in ast.walk(tree(path)) if isinstance(node, ast.Attribute)
        )
        if readers != [parts.WAITING if waits else parts.COMPUTING]:
            wrong.append((str(path), readers))
    assert not wrong


@pytest.mark.parametrize(
    ("codes", "worst"),
    [((0, 0, 0), 0), ((0, 1, 0), 1), ((0, 0, 1), 1), ((0, 5, 5), 0), ((5, 5, 5), 5), ((-9, 0, 0), 9)],
)
def test_the_worst_part_counts_and_all_are_counted(
    codes: tuple[int, ...], worst: int, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    ended = []
    for number, code in enumerate(codes):
        counts = tmp_path / f"{number}.json"
        counts.write_text(json.dumps({"passed": 10 + number, "skipped": 1}))
        ending = f"import os; os.kill(os.getpid(), {-code})" if code < 0 else f"raise SystemExit({code})"
        process = subprocess.Popen([sys.executable, "-c", ending], text=True)
        process.wait()
        ended.append(run.Part(str(number), process, counts))
    assert run._sum_up(ended, 12.3) == worst
    assert capsys.readouterr().out == "\n33 passed, 3 skipped in 12 s\n"
