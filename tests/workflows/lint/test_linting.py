"""The linter: no false alarms, excuses, what it prints, and that its reference is its docstrings."""

from __future__ import annotations

import ast
import asyncio
import json
import re
from dataclasses import replace
from pathlib import Path
from random import Random

import pytest

from switchboard.cli import parser
from switchboard.script_pages import lint_page
from tests.counts import count
from tests.workflows.lint.test_defects import GOOD, SHARED
from tests.workflows.rewriting import rewrite
from workflows.language import ACTIONS, shipped_scripts
from workflows.language.checking import Severity
from workflows.language.scripts import SHIPPED
from workflows.lint import CHECKS, Source, lint_files, lint_sources

ROOT = Path(__file__).resolve().parents[3]
SHIPPED_FILES = sorted(SHIPPED.glob("*.yaml"))


def _ids(text: str, name: str = "book") -> list[str]:
    return [c.problem.check for c in lint_sources([Source(f"{name}.yaml", text)], [SHARED])]


def test_there_are_at_least_thirty_checks_each_with_a_reason_and_a_fix() -> None:
    assert len(CHECKS) >= 30
    for check in CHECKS.values():
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", check.id)
        about, fix = check.about.split("\n\nFix: ")
        assert len(about) > 40 and len(fix) > 8, check.id


def test_every_complaint_of_the_reader_names_a_check_that_is_described() -> None:
    known = re.compile(r"[a-z]+(-[a-z]+)+")
    for path in sorted((ROOT / "workflows" / "language").glob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            called = getattr(getattr(node, "func", None), "attr", getattr(getattr(node, "func", None), "id", ""))
            if isinstance(node, ast.Call) and called in ("refuse", "Problem"):
                names = [a.value for a in node.args if isinstance(a, ast.Constant) and isinstance(a.value, str)]
                assert all(name in CHECKS for name in names[-1:] if known.fullmatch(name)), (path.name, names)


def test_no_complaint_about_any_shipped_script() -> None:
    assert [str(complaint) for complaint in lint_files(SHIPPED_FILES)] == []


SHIPPED_SCRIPTS = shipped_scripts().scripts
TEXTS = {**GOOD, **{path.stem: path.read_text(encoding="utf-8") for path in SHIPPED_FILES}}


def named_outside(name: str) -> frozenset[str]:
    """Slots of a script which other shipped scripts set or take."""
    led = [
        step
        for script in SHIPPED_SCRIPTS.values()
        for step in script.steps.values()
        if getattr(step, "script", "") == name
    ]
    return frozenset(
        slot for step in led for slot in (*getattr(step, "fills", ()), *getattr(step, "takes", {}).values())
    )


def complaints_after(seed: int) -> tuple[list[str], str]:
    """What the linter says of one random rewrite of one good script, and the rewrite."""
    random = Random(seed)
    name = random.choice(sorted(TEXTS))
    text = rewrite(TEXTS[name], random, named_outside(name))
    beside = (
        [script for other, script in SHIPPED_SCRIPTS.items() if other != name] if name in SHIPPED_SCRIPTS else [SHARED]
    )
    return [str(complaint) for complaint in lint_sources([Source(f"{name}.yaml", text)], beside)], text


@pytest.mark.parametrize("part", range(10))
def test_no_complaint_after_a_rewrite_that_changes_nothing(part: int) -> None:
    for seed in range(part, count(2_000, 120), 10):
        found, text = complaints_after(seed)
        assert found == [], f"seed {seed}\n{text}"


LONE = "    silence:\n      - Which day would you like to come in?\n"
EXCUSE = "# lint: allow missing-silence-path because the house asks again"


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("  date:\n    collect: date", f"  date:  {EXCUSE}\n    collect: date"),
        ("  date:\n    collect: date", f"  {EXCUSE}\n  date:\n    collect: date"),
        ("  date:\n    collect: date", f"  {EXCUSE}\n  # the day they come\n  date:\n    collect: date"),
        ("    collect: date", f"    collect: date  {EXCUSE}"),
        ("    collect: date", f"    {EXCUSE}\n    collect: date"),
    ],
)
def test_a_complaint_can_be_excused_at_its_line_or_above(old: str, new: str) -> None:
    text = GOOD["book"].replace(LONE, "")
    assert _ids(text) == ["missing-silence-path"]
    assert _ids(text.replace(old, new, 1)) == []


@pytest.mark.parametrize(
    ("comment", "expected"),
    [
        ("# lint: allow missing-silence-path", ["bad-excuse", "missing-silence-path"]),
        ("# lint: allow missing-silence-path because", ["bad-excuse", "missing-silence-path"]),
        ("# lint: allow missing-silense-path because I say so", ["bad-excuse", "missing-silence-path"]),
        ("# lint: allow dead-end because I like it", ["bad-excuse", "missing-silence-path"]),
        ("# lint: allow two-questions because I like it", ["missing-silence-path", "unused-excuse"]),
    ],
)
def test_an_excuse_needs_a_check_and_a_reason(comment: str, expected: list[str]) -> None:
    text = GOOD["book"].replace(LONE, "").replace("    collect: date", f"    collect: date  {comment}")
    assert sorted(_ids(text)) == expected


def test_a_slow_action_needs_words_while_it_is_waited_for() -> None:
    slow = {**ACTIONS, "order_status": replace(ACTIONS["order_status"], slow=True)}
    source = Source("support.yaml", GOOD["support"])
    assert [c.problem.check for c in lint_sources([source], [SHARED], slow)] == ["missing-filler"]
    covered = Source(
        "support.yaml",
        GOOD["support"].replace(
            "    arguments: {code: order}\n", "    arguments: {code: order}\n    say: One moment.\n"
        ),
    )
    assert lint_sources([covered], [SHARED], slow) == []


def test_two_files_with_one_script() -> None:
    sources = [Source("a/book.yaml", GOOD["book"]), Source("b/book.yaml", GOOD["book"])]
    assert [(c.problem.file, c.problem.check) for c in lint_sources(sources, [SHARED])] == [
        ("b/book.yaml", "script-twice")
    ]


def test_an_error_is_printed_as_file_line_reason_fix_and_check() -> None:
    [complaint] = lint_sources([Source("book.yaml", GOOD["book"].replace(LONE, ""))], [SHARED])
    assert str(complaint) == (
        "book.yaml:56: step date has no words for a caller who stays silent; "
        "add silence: with the question in other words [missing-silence-path]"
    )
    assert complaint.severity == Severity.error


def _run(*arguments: str) -> int:
    chosen = parser().parse_args(["workflow", "lint", *arguments])
    return int(asyncio.run(chosen.run(chosen)))


def test_the_command_tells_errors_from_warnings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(GOOD["book"].replace(LONE, ""))
    assert _run(str(path)) == 1
    assert f"{path}:56: step date has no words" in capsys.readouterr().out
    path.write_text(
        GOOD["book"].replace(
            "    end: booked\n    say: Thank you for calling {business}. Goodbye.\n", "    end: booked\n"
        )
    )
    assert _run(str(path)) == 0
    assert "warning: step bye ends the call without a word" in capsys.readouterr().out


def test_the_command_prints_json(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "book.yaml"
    path.write_text(GOOD["book"].replace(LONE, ""))
    assert _run("--json", str(path)) == 1
    [record] = json.loads(capsys.readouterr().out)
    assert record["check"] == "missing-silence-path" and record["line"] == 56 and record["severity"] == "error"
    assert record["file"] == str(path) and record["fix"]


def test_the_command_lists_every_check(capsys: pytest.CaptureFixture[str]) -> None:
    assert _run("--list") == 0
    listed = [line.split()[0] for line in capsys.readouterr().out.splitlines()]
    assert listed == list(CHECKS)


def test_the_reference_is_drawn_from_the_docstrings() -> None:
    assert (ROOT / "docs" / "lint.md").read_text(encoding="utf-8") == lint_page(), "run: switchboard docs"
