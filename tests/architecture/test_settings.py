"""Every setting is in `.env.example` and docs/settings.md, with the default the program really has."""

from __future__ import annotations

import re
from itertools import pairwise

from switchboard.settings import SETTINGS
from tests.architecture.sources import PROJECT


def example() -> dict[str, str]:
    """Name and value of each line of `.env.example`, commented out or not."""
    text = (PROJECT / ".env.example").read_text(encoding="utf-8")
    return dict(re.findall(r"^#? ?([A-Z][A-Z0-9_]+)=(.*)$", text, re.MULTILINE))


def test_the_example_has_every_setting_and_no_other() -> None:
    assert set(example()) == {setting.name for setting in SETTINGS}


def test_the_example_shows_the_real_defaults() -> None:
    shown = example()
    wrong = {s.name: shown.get(s.name) for s in SETTINGS if shown.get(s.name, "").strip('"') != str(s.default)}
    assert not wrong


def test_the_example_explains_every_setting() -> None:
    lines = (PROJECT / ".env.example").read_text(encoding="utf-8").splitlines()
    bare = [line for before, line in pairwise(lines)
            if re.match(r"[A-Z][A-Z0-9_]+=", line) and not before.startswith("#")]  # fmt: skip
    assert not bare


def test_the_documentation_has_every_setting_with_its_help_and_default() -> None:
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    missing = [s.name for s in SETTINGS if f"`{s.name}`" not in text or s.help not in text]
    assert not missing
    assert not [s.name for s in SETTINGS if s.default and f"`{s.default}`" not in text]


def test_every_setting_says_what_it_is() -> None:
    assert not [s.name for s in SETTINGS if len(s.help) < 10]


def test_the_documentation_has_no_setting_that_is_gone() -> None:
    text = (PROJECT / "docs" / "settings.md").read_text(encoding="utf-8")
    named = set(re.findall(r"^\|\s*`([A-Z][A-Z0-9_]+)`", text, re.MULTILINE))
    assert named <= {setting.name for setting in SETTINGS}
