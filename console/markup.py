"""HTML that escapes by itself: text is text unless it came out of ``el``."""

from __future__ import annotations

import html
from collections.abc import Iterable

VOID = frozenset({"meta", "link", "input", "br", "rect", "line", "circle", "path", "source"})
"""elements without content; the SVG ones are closed in place"""


class Markup(str):
    """A piece of HTML that is safe to put into a page."""

    __slots__ = ()


Child = str | Markup | None | Iterable["Child"]
Attribute = str | int | float | bool | None


def el(tag: str, *children: Child, **attributes: Attribute) -> Markup:
    """An element. ``class_`` is class, ``data_x`` is data-x; None and False leave an attribute out."""
    head = tag + "".join(_attribute(name, value) for name, value in attributes.items())
    if tag in VOID:
        return Markup(f"<{head}/>")
    return Markup(f"<{head}>{join(*children)}</{tag}>")


def join(*children: Child) -> Markup:
    """Children one after another, escaped where they are text."""
    return Markup("".join(map(_render, children)))


def document(*children: Child) -> str:
    """A whole page."""
    return f"<!doctype html>\n{join(*children)}\n"


def _render(child: Child) -> str:
    if child is None:
        return ""
    if isinstance(child, Markup):
        return child
    if isinstance(child, str):
        return html.escape(child)
    return "".join(map(_render, child))


def _attribute(name: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = name.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{html.escape(str(value))}"'
