"""A script as it is going to be written: keys in their order, each list and mapping in its style, comments in place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field

import yaml

from workflows.formatting.comments import Comment
from workflows.language.keys import ARGUMENT, CASE, INTENT, LINE, NOTE, SCRIPT, SLOT, STEPS, TOPIC, Keys, Shape


@dataclass(slots=True)
class Text:
    """A scalar."""

    words: str
    bare: bool
    """a number or a truth: written without quotes"""


@dataclass(slots=True)
class Entry:
    """A key and its value, or an element of a list; with the comments that belong to it."""

    key: str
    """empty in a list"""
    value: Text | Branch
    index: int
    line: int
    column: int
    parent: Entry | None = None
    above: list[Comment] = field(default_factory=list)
    beside: list[Comment] = field(default_factory=list)
    below: list[Comment] = field(default_factory=list)

    @property
    def commented(self) -> bool:
        """Whether a comment stands at it or anywhere in it."""
        inside = self.value.entries if isinstance(self.value, Branch) else []
        return bool(self.above or self.beside or self.below) or any(entry.commented for entry in inside)


@dataclass(slots=True)
class Branch:
    """A mapping or a list."""

    entries: list[Entry]
    keyed: bool
    block: bool
    """always one entry a line; otherwise in one line if it fits"""
    spaced: bool = False
    """an empty line between the entries"""


def arrange(root: yaml.Node, comments: list[Comment]) -> tuple[Branch, list[Comment]]:
    """The tree of a script that can be read, and the comments after its last line."""
    tree = _fixed(root, SCRIPT, None)
    left = _attach(list(_walk(tree)), comments)
    _settle(tree)
    return tree, left


def _walk(branch: Branch) -> Iterator[Entry]:
    for entry in branch.entries:
        yield entry
        if isinstance(entry.value, Branch):
            yield from _walk(entry.value)


def _attach(entries: list[Entry], comments: list[Comment]) -> list[Comment]:
    entries.sort(key=lambda entry: (entry.index, -entry.column))
    left = []
    for comment in comments:
        before = [entry for entry in entries if entry.index < comment.index]
        after = next((entry for entry in entries if entry.index > comment.index), None)
        if not comment.alone and before:
            same = [entry for entry in before if entry.line == comment.line]
            (same[0] if same else before[-1]).beside.append(comment)
        elif before and (owner := _owner(before[-1], comment.column)).column > (after.column if after else 0):
            owner.below.append(comment)
        elif after:
            after.above.append(comment)
        else:
            left.append(comment)
    return left


def _owner(entry: Entry, column: int) -> Entry:
    while entry.column > column and entry.parent is not None:
        entry = entry.parent
    return entry


def _settle(branch: Branch) -> None:
    """Give the comments of lists that are written as their one element to the key; sort keys only now."""
    for entry in branch.entries:
        while isinstance(entry.value, Branch) and _single(entry):
            only = entry.value.entries[0]
            entry.above += only.above
            entry.beside += only.beside
            entry.below = only.below + entry.below
            entry.value = only.value
        if isinstance(entry.value, Branch):
            _settle(entry.value)
            if any(inner.commented for inner in entry.value.entries):
                entry.value.block = True


def _single(entry: Entry) -> bool:
    value = entry.value
    return isinstance(value, _OneOrMore) and len(value.entries) == 1


class _OneOrMore(Branch):
    """A list which is written without brackets when it has one element."""


Reader = Callable[[yaml.Node, Entry | None], "Text | Branch"]


def _fixed(node: yaml.Node, keys: Keys, parent: Entry | None, *, block: bool = True) -> Branch:
    """A mapping with the keys of the table, in the table's order."""
    shapes = {key.name: key.shape for key in keys}
    order = list(shapes)
    entries = [_entry(key, value, _READERS[shapes[key.value]], parent) for key, value in node.value]
    return Branch(sorted(entries, key=lambda entry: order.index(entry.key)), True, block)


def _entry(key: yaml.Node, value: yaml.Node, read: Reader, parent: Entry | None) -> Entry:
    mark = key.start_mark
    entry = Entry(" ".join(key.value.split()), Text("", False), mark.index, mark.line, mark.column, parent)
    entry.value = read(value, entry)
    return entry


def _table(read: Reader, *, block: bool = True, spaced: bool = False) -> Reader:
    """A mapping whose keys are the author's."""

    def reader(node: yaml.Node, parent: Entry | None) -> Branch:
        return Branch([_entry(key, value, read, parent) for key, value in node.value], True, block, spaced)

    return reader


def _list(read: Reader, kind: type[Branch] = Branch, *, block: bool = False) -> Reader:
    def reader(node: yaml.Node, parent: Entry | None) -> Branch:
        items = node.value if isinstance(node, yaml.SequenceNode) else [node]
        entries = []
        for item in items:
            # a lone value written without brackets stands where its key's value does
            place = node.start_mark if isinstance(node, yaml.SequenceNode) and not node.flow_style else item.start_mark
            mark = item.start_mark
            entry = Entry("", Text("", False), mark.index, mark.line, place.column, parent)
            entry.value = read(item, entry)
            entries.append(entry)
        return kind(entries, False, block)

    return reader


def _text(node: yaml.Node, _: Entry | None) -> Text:
    return Text(" ".join(str(node.value).split()), False)


def _bare(node: yaml.Node, _: Entry | None) -> Text:
    # quotes mean something here: "6" is a text, 6 a number; only what was written bare stays so
    return Text(" ".join(str(node.value).split()), isinstance(node, yaml.ScalarNode) and node.style is None)


def _plain(node: yaml.Node, _: Entry | None) -> Text:
    return Text(" ".join(str(node.value).split()), True)


def _mapping_or_text(keys: Keys, *, block: bool) -> Reader:
    def reader(node: yaml.Node, parent: Entry | None) -> Text | Branch:
        return _fixed(node, keys, parent, block=block) if isinstance(node, yaml.MappingNode) else _text(node, parent)

    return reader


def _of(keys: Keys, *, block: bool = True) -> Reader:
    return lambda node, parent: _fixed(node, keys, parent, block=block)


def _step(node: yaml.Node, parent: Entry | None) -> Branch:
    found = [key.value for key, _ in node.value]
    verb = next(verb for verb in STEPS if verb in found)
    return _fixed(node, STEPS[verb], parent)


_LINE = _mapping_or_text(LINE, block=True)
_READERS: Mapping[Shape, Reader] = {
    **dict.fromkeys(Shape, _text),
    **dict.fromkeys((Shape.truth, Shape.whole, Shape.number), _plain),
    **dict.fromkeys((Shape.value, Shape.limit), _bare),
    **dict.fromkeys((Shape.texts, Shape.names, Shape.slots, Shape.hours), _list(_text)),
    Shape.phrases: _list(_text, block=True),
    Shape.values: _list(_bare, _OneOrMore),
    Shape.line: _LINE,
    Shape.lines: _list(_LINE, _OneOrMore, block=True),
    Shape.rungs: _list(_LINE, block=True),
    Shape.options: _table(_list(_text)),
    Shape.arguments: _table(_mapping_or_text(ARGUMENT, block=False), block=False),
    Shape.refused: _table(_text, block=False),
    Shape.fills: _table(_bare, block=False),
    Shape.bindings: _table(_mapping_or_text(ARGUMENT, block=False), block=False),
    Shape.takes: _table(_text, block=False),
    Shape.asks: _table(_LINE),
    Shape.proof: _list(_text, _OneOrMore),
    Shape.digressions: _list(_text, _OneOrMore),
    Shape.notes: _table(_of(NOTE, block=False)),
    Shape.source: _mapping_or_text(ARGUMENT, block=False),
    Shape.migrations: _table(_table(_text, block=False)),
    Shape.cases: _list(_of(CASE, block=False), block=True),
    Shape.intents: _table(_of(INTENT, block=False)),
    Shape.wording: _table(_LINE),
    Shape.slot_table: _table(_of(SLOT)),
    Shape.topic_table: _table(_of(TOPIC)),
    Shape.step_table: _table(_step, spaced=True),
}
