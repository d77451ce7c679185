"""docs/safety.md says what is so."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

from agent.safety.phrases import FOLDER, KINDS
from agent.safety.watch import load_answers

PAGE = (Path(__file__).parents[3] / "docs" / "safety.md").read_text(encoding="utf-8")


def rows(start: str) -> list[list[str]]:
    """The cells of the table whose head begins with ``start``."""
    table = PAGE[PAGE.index(start) :].split("\n\n")[0].splitlines()[2:]
    return [[cell.strip().strip("`") for cell in line.strip("|").split("|")] for line in table]


def test_the_words_on_the_page_are_the_words_that_are_said() -> None:
    kinds = load_answers().kinds
    told = [[kind, answer.risk, country, say] for kind, answer in kinds.items() for country, say in answer.say.items()]
    assert rows("| kind | risk | country") == told
    alone = [[kind, country, then] for kind, answer in kinds.items() for country, then in answer.alone.items()]
    assert rows("| kind | country | then") == alone


def test_every_kind_is_told_of() -> None:
    assert {row[0] for row in rows("| kind | heard when")} == set(KINDS)


def test_the_rule_on_the_page_is_one_of_the_rules() -> None:
    (rule,) = re.findall(r"rules:\n( +- \[.*\])", PAGE)
    assert rule.strip() in (FOLDER / "en" / "child_alone.yaml").read_text(encoding="utf-8")


def test_the_sentence_to_try_gives_what_the_page_says() -> None:
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert f"prints `{ran.stdout.strip()}`" in PAGE


def test_the_model_is_small_enough_for_the_repository() -> None:
    assert (FOLDER / "en" / "likeness.bin").stat().st_size < 300_000


def test_the_commands_on_the_page_are_there() -> None:
    root = Path(__file__).parents[3]
    for path in re.findall(r"(?:tests|agent)/[\w/.]+", PAGE):
        assert (root / path.rstrip(".")).exists(), path
