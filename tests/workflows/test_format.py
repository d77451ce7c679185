"""The formatter: one form, the same meaning, every comment, and nothing to do the second time."""

from __future__ import annotations

import asyncio
from collections import Counter
from pathlib import Path
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from switchboard.cli import parser
from tests.counts import count
from tests.workflows.lint.test_defects import GOOD
from tests.workflows.rewriting import rewrite
from workflows.formatting import WIDTH, format_script, meaning
from workflows.formatting.comments import comments_in
from workflows.language import ScriptError, read_script
from workflows.language.scripts import SHIPPED

SHIPPED_FILES = sorted(SHIPPED.glob("*.yaml"))
TEXTS = {**GOOD, **{path.stem: path.read_text(encoding="utf-8") for path in SHIPPED_FILES}}


@pytest.mark.parametrize("path", SHIPPED_FILES, ids=lambda path: path.stem)
def test_every_shipped_script_is_in_its_canonical_form(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert format_script(text, path.name) == text


def _comments(text: str) -> Counter[str]:
    return Counter(comment.text for comment in comments_in(text))


@pytest.mark.parametrize("part", range(5))
def test_rewritten_scripts_come_into_form_with_meaning_and_comments(part: int) -> None:
    for seed in range(part, count(2_000, 40), 5):
        random = Random(seed)
        text = rewrite(TEXTS[random.choice(sorted(TEXTS))], random)
        once = format_script(text, "x.yaml")
        assert format_script(once, "x.yaml") == once, f"seed {seed}"
        assert meaning(read_script(once, "x.yaml")) == meaning(read_script(text, "x.yaml"))
        assert _comments(once) == _comments(text)
        assert all(len(line) <= WIDTH for line in once.splitlines() if not line.lstrip().startswith("#"))


NOTE = st.text(st.characters(codec="utf-8", exclude_categories=("Cc", "Cs", "Cf", "Zl", "Zp", "Co", "Cn")), max_size=20)


@settings(deadline=None, max_examples=count(1_000, 50))
@given(name=st.sampled_from(sorted(TEXTS)), data=st.data())
def test_comments_anywhere_are_kept_and_stay_where_they_are_put(name: str, data: st.DataObject) -> None:
    lines = TEXTS[name].split("\n")
    folded = {i for i, line in enumerate(lines) if line.endswith(">-")}
    for _ in range(data.draw(st.integers(1, 4))):
        at = data.draw(st.integers(0, len(lines) - 2))
        if folded:
            continue
        note = "# " + data.draw(NOTE).strip()
        if data.draw(st.booleans()) and lines[at] and "#" not in lines[at]:
            lines[at] += "  " + note
        else:
            lines.insert(at, " " * data.draw(st.sampled_from([0, 2, 4, 6, 8])) + note)
    text = "\n".join(lines)
    once = format_script(text, "x.yaml")
    assert _comments(once) == _comments(text)
    assert format_script(once, "x.yaml") == once
    assert meaning(read_script(once, "x.yaml")) == meaning(read_script(text, "x.yaml"))


WORDS = st.text(
    st.characters(codec="utf-8", exclude_characters="{}", exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=200
)


@settings(deadline=None, max_examples=count(3_000, 100))
@given(words=WORDS.filter(lambda words: bool(words.split())))
def test_any_words_are_written_so_that_they_are_read_back(words: str) -> None:
    script = read_script(SMALL, "x.yaml")
    quoted = '"' + words.replace("\\", "\\\\").replace('"', '\\"') + '"'
    text = SMALL.replace("Goodbye.", quoted).replace("no, off", f"{quoted}")
    try:
        read = read_script(text, "x.yaml")
    except ScriptError:
        return  # YAML forbids a few characters altogether
    once = format_script(text, "x.yaml")
    assert meaning(read_script(once, "x.yaml")) == meaning(read)
    assert format_script(once, "x.yaml") == once
    assert meaning(script)


SMALL = """\
script: small
title: a small one
slots:
  wish: {kind: choice, options: {"no": [no, off], "yes": ["yes", on]}}
steps:
  ask:
    collect: wish
    ask: Which?
  bye:
    end: done
    say: Goodbye.
"""


def test_what_canonical_looks_like() -> None:
    text = """\
# who it is for
title:   "a small one"
script: small     # its name
steps:
  # first
  ask:
    ask: "Which?"
    collect: wish

    silence: Which one?
  bye: {say: [Goodbye.], end: done}
  # the end
slots:
  wish: {options: {"no": no, "1": ["yes", on, "09:00", "it's", 'say "x"']}, kind: choice}
"""
    assert (
        format_script(text, "x.yaml")
        == """\
script: small  # its name
# who it is for
title: a small one

slots:
  wish:
    kind: choice
    options:
      no: ["no"]
      1: ["yes", "on", "09:00", it's, say "x"]

steps:
  # first
  ask:
    collect: wish
    ask: Which?
    silence:
      - Which one?

  bye:
    end: done
    say: Goodbye.
  # the end
"""
    )


def test_a_long_text_is_folded() -> None:
    words = " ".join(["word"] * 60) + "?"
    text = SMALL.replace("Which?", words)
    once = format_script(text, "x.yaml")
    assert "ask: >-\n" in once
    assert meaning(read_script(once, "x.yaml")) == meaning(read_script(text, "x.yaml"))


def test_line_ends_of_windows_and_a_mark_of_bytes_go() -> None:
    assert format_script("\ufeff" + TEXTS["book"].replace("\n", "\r\n"), "x.yaml") == format_script(
        TEXTS["book"], "x.yaml"
    )


@pytest.mark.parametrize("text", ["", "script: [", "script: x\ntitle: y\nstepps: {}\n"])
def test_what_cannot_be_read_is_refused(text: str) -> None:
    with pytest.raises(ScriptError):
        format_script(text, "x.yaml")


def test_anchors_are_refused_by_their_line() -> None:
    text = SMALL.replace("Which?", "&q Which?").replace("say: Goodbye.", "say: *q")
    with pytest.raises(ScriptError, match=r"x.yaml:8: anchors .* cannot be kept"):
        format_script(text, "x.yaml")


def _run(*arguments: str) -> int:
    chosen = parser().parse_args(["workflow", "fmt", *arguments])
    return int(asyncio.run(chosen.run(chosen)))


def test_the_command_checks_and_writes(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "small.yaml"
    path.write_text(SMALL)
    assert _run("--check", str(path)) == 1
    assert path.read_text() == SMALL
    assert _run(str(path)) == 0
    assert path.read_text() == format_script(SMALL, "small.yaml")
    assert _run("--check", str(path)) == 0
    assert capsys.readouterr().out.splitlines() == [
        f"{path}: would change", f"{path}: formatted", "1 file in canonical form"
    ]  # fmt: skip


def test_a_table_with_nothing_in_it_stays() -> None:
    text = "script: none\ntitle: nothing to know\n\nslots: {}  # yet\n\nsteps:\n  bye:\n    end: done\n"
    assert format_script(text, "none.yaml") == text
