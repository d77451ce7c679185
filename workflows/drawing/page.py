"""The picture as a page of its own: to be moved and made larger, with the source beside it."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from workflows.language.model import Script


def page(script: Script, source: str, drawing: str) -> str:
    """One HTML file that needs nothing else. ``drawing``: the SVG; ``source``: the script's text."""
    rows = "\n".join(
        f'<li id="L{number}"><code>{escape(line) or " "}</code></li>'
        for number, line in enumerate(source.splitlines(), 1)
    )
    template = files("workflows.drawing").joinpath("page.html").read_text(encoding="utf-8")
    for name, text in (("{{title}}", escape(f"{script.name}: {script.title}")), ("{{file}}", escape(script.file)),
                       ("{{rows}}", rows), ("{{drawing}}", drawing)):  # fmt: skip
        template = template.replace(name, text)
    return template
