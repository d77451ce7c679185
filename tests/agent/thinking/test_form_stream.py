from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agent.thinking.form_stream import CommandsWritten, FormFilled, FormStream, GarbledForm, ReplyGrew

TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc")), max_size=40)
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-999, 999) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=8,
)


def read(pieces: list[str]) -> tuple[list[object], str, bool]:
    stream = FormStream()
    parts = [part for piece in pieces for part in stream.feed(piece)]
    commands = [part.value for part in parts if isinstance(part, CommandsWritten)]
    return commands, "".join(part.text for part in parts if isinstance(part, ReplyGrew)), stream.done


def cut(text: str, places: list[int]) -> list[str]:
    marks = sorted({place % (len(text) + 1) for place in places})
    return [text[a:b] for a, b in zip([0, *marks], [*marks, len(text)], strict=True)]


@given(VALUES, TEXTS, VALUES, st.booleans(), st.booleans(), st.lists(st.integers(0, 10_000), max_size=12))
def test_a_form_split_anywhere_is_read_the_same(
    commands: object, reply: str, other: object, ascii_only: bool, first: bool, places: list[int]
) -> None:
    form = {"commands": commands, "more": other, "reply": reply}
    if first:
        form = {"reply": reply, "more": other, "commands": commands}
    text = json.dumps(form, ensure_ascii=ascii_only, indent=1 if first else None)
    assert read(cut(text, places)) == ([commands], reply, True)


def test_the_commands_are_there_before_the_reply_and_the_reply_grows() -> None:
    stream = FormStream()
    assert stream.feed('{"commands": [{"do": "yes"}') == []
    assert stream.feed('], "reply": "He') == [CommandsWritten([{"do": "yes"}]), ReplyGrew("He")]
    assert stream.feed("llo\\u00e") == [ReplyGrew("llo")]
    assert stream.feed('9"') == [ReplyGrew("é")]
    assert stream.feed("}") == [FormFilled()]
    assert stream.feed("anything") == []


@pytest.mark.parametrize(
    ("written", "reply"),
    [
        ('"a\\nb\\tc"', "a\nb c"),
        ('"\\ud83d\\ude00!"', "\U0001f600!"),
        ('"\\ud83d x"', " x"),
        ('"\\ude00x"', "x"),
        ('"line\nbreak"', "line break"),
        ('"\\"quoted\\" \\\\ \\/"', '"quoted" \\ /'),
        ('""', ""),
    ],
)
def test_escapes(written: str, reply: str) -> None:
    text = f'{{"commands": [], "reply": {written}}}'
    assert read(list(text)) == ([[]], reply, True)


@pytest.mark.parametrize(
    "text",
    [
        "", "[]", "nonsense", '{"commands": [}', '{"commands": nul, "reply": ""}', '{"commands" []}', '{commands: []}',
        '{"commands": [], "commands": []}', '{"commands": [], "reply": "\\x"}', '{"reply": "\\u12g4"}',
        '{"commands": ' + "[" * 40, '{"commands": "' + "x" * 9_000, '{"reply": "' + "x" * 30_000, '{"' + "k" * 100,
        '{"a": 1,}', '{,}',
    ],
)  # fmt: skip
def test_what_is_no_form_is_refused_or_never_done(text: str) -> None:
    stream = FormStream()
    refused = ""
    try:
        stream.feed(text)
    except GarbledForm as garbled:
        refused = str(garbled)
    assert refused or not stream.done
    assert "x" * 10 not in refused and "nonsense" not in refused


@given(st.text(max_size=60))
def test_no_text_makes_it_fail_otherwise(text: str) -> None:
    try:
        FormStream().feed(text)
        FormStream().feed('{"commands": ' + text)
        FormStream().feed('{"reply": "' + text)
    except GarbledForm:
        return
