"""Records out of a file: CSV with a header, or a YAML list; what is wrong is told as FILE:LINE, all of it at once."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

import yaml

from calls.errors import ConfigurationError

LARGEST = 5_000_000
"""bytes"""
MOST_ROWS = 50_000
SHOWN = 20
"""complaints told at once"""

Read = Callable[[str], object]
"""One value out of its text. Raises ValueError with what it should be."""


@dataclass(frozen=True, slots=True)
class Field:
    """A column, or a key."""

    name: str
    read: Read
    needed: bool = True
    several: bool = False
    """a list in YAML; parts with | between them in CSV"""


@dataclass(frozen=True, slots=True)
class Row:
    """One record."""

    line: int
    """from 1; where it begins"""
    values: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class _Raw:
    line: int
    texts: Mapping[str, str | Sequence[str]]


def read_rows(content: bytes, file: str, fields: Sequence[Field], key: str = "id") -> Sequence[Row]:
    """Every record, each with a ``key`` of its own. Raises ConfigurationError with a line for each complaint."""
    if len(content) > LARGEST:
        raise ConfigurationError(f"{file}: the file is larger than {LARGEST // 1_000_000} MB; split it")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as why:
        raise ConfigurationError(f"{file}: this is no UTF-8 (byte {why.start}); save it as CSV UTF-8") from None
    wrong: list[tuple[int, str]] = []
    found = _from_csv(text, file, fields, wrong) if file.lower().endswith(".csv") else _from_yaml(text, file, wrong)
    rows: list[Row] = []
    lines: dict[object, int] = {}
    for raw in found:
        row = Row(raw.line, _values(raw, fields, wrong))
        name = row.values.get(key)
        if name is not None and name in lines:
            wrong.append((row.line, f"{key} {str(name)[:40]!r} stands in line {lines[name]} already; give it another"))
        lines.setdefault(name, row.line)
        rows.append(row)
        if len(rows) > MOST_ROWS:
            raise ConfigurationError(f"{file}: there are more than {MOST_ROWS} records; split the file")
    if wrong:
        told = [f"{file}:{line}: {reason}" for line, reason in sorted(wrong)[:SHOWN]]
        more = len(wrong) - len(told)
        raise ConfigurationError("\n".join([*told, *([f"... and {more} more"] if more else [])]))
    return rows


def _from_csv(text: str, file: str, fields: Sequence[Field], wrong: list[tuple[int, str]]) -> Iterator[_Raw]:
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=";" if first.count(";") > first.count(",") else ",")
    try:
        header = [name.strip().lower() for name in next(reader, [])]
        _check_names(header, fields, 1, wrong)
        before = reader.line_num
        for cells in reader:
            line, before = before + 1, reader.line_num
            if len(cells) > len(header):
                wrong.append((line, f"{len(cells)} cells under {len(header)} names; put quotes round text with commas"))
            elif any(cell.strip() for cell in cells):
                yield _Raw(line, dict(zip(header, cells, strict=False)))
    except csv.Error as why:
        raise ConfigurationError(f"{file}:{reader.line_num}: {why}; save it as CSV again") from None


def _check_names(names: Sequence[str], fields: Sequence[Field], line: int, wrong: list[tuple[int, str]]) -> None:
    known = {field.name for field in fields}
    missing = [field.name for field in fields if field.needed and field.name not in names]
    unknown = sorted(set(names) - known)
    if missing:
        wrong.append((line, f"there is no {', '.join(missing)}; the first line names {', '.join(sorted(known))}"))
    if unknown:
        wrong.append((line, f"nobody knows {unknown[0][:40]!r}; there are {', '.join(sorted(known))}"))


def _from_yaml(text: str, file: str, wrong: list[tuple[int, str]]) -> Iterator[_Raw]:
    try:
        root = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError as why:
        mark = getattr(why, "problem_mark", None)
        line = mark.line + 1 if mark is not None else 1
        raise ConfigurationError(f"{file}:{line}: {getattr(why, 'problem', None) or 'this is no YAML'}") from None
    if not isinstance(root, yaml.SequenceNode):
        raise ConfigurationError(f"{file}:1: a list of records is wanted: lines that begin with '- id: ...'")
    for item in root.value:
        line = item.start_mark.line + 1
        if not isinstance(item, yaml.MappingNode):
            wrong.append((line, "a record is wanted: '- id: ...' with its keys below"))
            continue
        texts: dict[str, str | Sequence[str]] = {}
        for name, value in item.value:
            told = _text_of(value)
            if told is None or not isinstance(name, yaml.ScalarNode):
                wrong.append((name.start_mark.line + 1, "a text, or a list of texts, is wanted here"))
            elif name.value in texts:
                wrong.append((name.start_mark.line + 1, f"{name.value[:40]!r} stands here a second time"))
            else:
                texts[name.value] = told
        yield _Raw(line, texts)


def _text_of(node: yaml.Node) -> str | Sequence[str] | None:
    if isinstance(node, yaml.ScalarNode):
        # A null is nothing; a date or a number is read from how it is written, not from what YAML makes of it.
        return "" if node.tag.endswith(":null") else str(node.value)
    if isinstance(node, yaml.SequenceNode) and all(isinstance(one, yaml.ScalarNode) for one in node.value):
        return [str(one.value) for one in node.value]
    return None


def _values(raw: _Raw, fields: Sequence[Field], wrong: list[tuple[int, str]]) -> Mapping[str, object]:
    values: dict[str, object] = {}
    unknown = sorted(set(raw.texts) - {field.name for field in fields} - {""})
    if unknown and raw.line > 1:
        known = ", ".join(field.name for field in fields)
        wrong.append((raw.line, f"nobody knows {unknown[0][:40]!r}; a record has {known}"))
    for field in fields:
        given = raw.texts.get(field.name, "")
        if isinstance(given, str):
            given = given.split("|") if field.several else [given]
        elif not field.several:
            wrong.append((raw.line, f"{field.name} is one text, not a list"))
            continue
        parts = [" ".join(part.split()) for part in given if part.strip()]
        if not parts and field.needed:
            wrong.append((raw.line, f"{field.name} is missing; every record needs it"))
            continue
        try:
            read = [field.read(part) for part in parts]
        except ValueError as why:
            wrong.append((raw.line, f"{field.name}: {why}"))
            continue
        values[field.name] = tuple(read) if field.several else (read[0] if read else None)
    return values


# --- values -----------------------------------------------------------------------------------------


def words(longest: int) -> Read:
    """Any text up to so many characters."""

    def read(text: str) -> str:
        if len(text) > longest:
            raise ValueError(f"at most {longest} characters (there are {len(text)})")
        if not text.isprintable():
            raise ValueError("there are characters in it that cannot be printed; write it anew")
        return text

    return read


def name_of_record(text: str) -> str:
    """What a record is found again by."""
    if len(text) > 80 or not text.replace("-", "").replace("_", "").replace(".", "").isalnum():
        raise ValueError("letters, digits, '-', '_' and '.', at most 80 of them")
    return text


def day(text: str) -> date:
    """A day."""
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise ValueError(f"{text[:20]!r} is no day; write it like 2026-12-24") from None


def phone(text: str) -> str:
    """A telephone number in E.164."""
    import phonenumbers

    try:
        number = phonenumbers.parse(text, None)
    except phonenumbers.NumberParseException:
        raise ValueError("write it with the country, like +12125550142") from None
    if not phonenumbers.is_possible_number(number):
        raise ValueError("there is no telephone number of this length in that country")
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def email(text: str) -> str:
    """An e-mail address, as far as can be told without writing to it."""
    name, at, host = text.partition("@")
    if not (name and at and "." in host.strip(".") and " " not in text and len(text) <= 254 and "@" not in host):
        raise ValueError("this is no e-mail address; write it like maria@example.com")
    return text
