"""Every example of docs/values.md is what the grammar hears, and its calibration is what the corpus shows."""

from __future__ import annotations

import json
import re
import shlex
from dataclasses import replace
from pathlib import Path

import pytest

from spoken import SUPPORTED_LOCALES, Choice, Context, Kind, parse
from switchboard.cli import main
from tests.corpora.spoken.cases import HALVES, Half, read
from tests.corpora.spoken.checking import exact, try_case

PAGE = (Path(__file__).parents[2] / "docs" / "values.md").read_text(encoding="utf-8")
SIZES = (Choice("small", ("small", "little")), Choice("medium", ("medium",)), Choice("large", ("large", "big")))


def examples() -> list[tuple[str, str, str, str]]:
    """Kind, what is said, its value as the page writes it, and the locale ("" for both)."""
    rows: list[tuple[str, str, str, str]] = []
    for section in re.split(r"^### ", PAGE, flags=re.MULTILINE)[1:]:
        kind = section.split("\n", 1)[0].strip()
        for row in re.findall(r"^\| (.+?) \| (.+?) \| ?(\S*) ?\|$", section, flags=re.MULTILINE):
            if row[0] != "said":
                rows.append((kind, *row))
    return rows


def written(value: object) -> str:
    if value is None or isinstance(value, bool):
        return {None: "-", True: "true", False: "false"}[value]
    return str(value)


def test_every_kind_has_examples() -> None:
    assert {kind for kind, *_ in examples()} == {kind.value for kind in Kind}
    assert {locale for *_, locale in examples()} == {"", *SUPPORTED_LOCALES}


@pytest.mark.parametrize(("kind", "said", "value", "locale"), examples())
def test_an_example(kind: str, said: str, value: str, locale: str, context: Context, british: Context) -> None:
    for heard in (context, british):
        if locale in ("", heard.locale):
            parsed = parse(kind, said, replace(heard, choices=SIZES))
            assert written(parsed.value if parsed else None) == value, heard.locale


def test_the_command_on_the_page_prints_what_the_page_says(capsys: pytest.CaptureFixture[str]) -> None:
    command = next(line for line in PAGE.splitlines() if line.startswith("switchboard parse"))
    assert main(shlex.split(command)[1:]) == 0
    shown = re.search(r"```json\n(.*?)\n```", PAGE, flags=re.DOTALL)
    assert shown is not None
    assert json.loads(capsys.readouterr().out) == json.loads(shown.group(1))


@pytest.mark.parametrize("half", HALVES)
def test_confidence_means_what_the_page_says(half: Half) -> None:
    outcomes = [outcome for outcome in map(try_case, read(half)) if outcome.value is not None]
    sure = [outcome for outcome in outcomes if outcome.confidence >= 0.9]
    unsure = [outcome for outcome in outcomes if outcome.confidence < 0.7]
    assert len(sure) > 300
    assert exact(sure) >= 97
    assert len(unsure) > 20
    assert exact(unsure) > 50
