"""The call log as a page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from urllib.parse import quote, urlencode

from console.markup import Markup, el
from records.call_index import CallPage, CallRow

FILTERS = ("from", "to", "line", "disposition", "risk", "sort")
DANGERS = (("", "With or without"), ("elevated", "Any"), ("high", "High or critical"), ("critical", "Critical"))
"""choices of the filter: at least this risk"""


def log_page(
    page: CallPage, given: Mapping[str, str], lines: Sequence[str], dispositions: Sequence[str], fault: str
) -> Markup:
    """Filters, a table, and the way to older calls."""
    kept = {name: given[name] for name in FILTERS if given.get(name)}
    older = f"/calls?{urlencode({**kept, 'cursor': page.cursor})}"
    return el(
        "section",
        el("div", el("h1", "Calls"), _filters(given, lines, dispositions, bool(kept)), class_="head"),
        el("p", fault, class_="fault", role="alert") if fault else None,
        _table(page.calls) if page.calls else _nothing(bool(kept)),
        el("p", el("a", "Older calls", href=older, rel="next"), class_="more") if page.cursor else None,
    )


def _filters(given: Mapping[str, str], lines: Sequence[str], dispositions: Sequence[str], any_set: bool) -> Markup:
    def choice(name: str, label: str, options: Sequence[tuple[str, str]]) -> Markup:
        chosen = given.get(name, "")
        rows = [el("option", shown, value=value, selected=value == chosen) for value, shown in options]
        return el("label", label, el("select", *rows, name=name))

    filed = [("", "Any outcome"), ("live", "Live now"), *((name, words(name)) for name in dispositions)]
    return el(
        "form",
        el("label", "From", el("input", type="date", name="from", value=given.get("from", ""))),
        el("label", "To", el("input", type="date", name="to", value=given.get("to", ""))),
        choice("line", "Line", [("", "Any line"), *((line, line) for line in lines)]),
        choice("disposition", "Outcome", filed),
        choice("risk", "Danger", DANGERS),
        choice("sort", "First", (("", "Newest"), ("risk", "Highest risk"))),
        el("button", "Filter"),
        el("a", "Clear", href="/calls", class_="quiet") if any_set else None,
        action="/calls",
        class_="filters",
    )


def _nothing(filtered: bool) -> Markup:
    hint = "No call fits these filters." if filtered else "No call has been answered yet."
    return el("p", hint, class_="empty card")


def _table(rows: Sequence[CallRow]) -> Markup:
    names = ("Started (UTC)", "Line", "Caller", "Length", "Outcome", "Danger")
    head = el("tr", *(el("th", name, scope="col", class_="number" if name == "Length" else None) for name in names))
    return el("table", el("thead", head), el("tbody", *map(_row, rows)), class_="card log")


def _row(row: CallRow) -> Markup:
    started = el("time", f"{row.started_at:%Y-%m-%d %H:%M:%S}", datetime=row.started_at.isoformat())
    return el(
        "tr",
        el("td", el("a", started, href=f"/calls/{quote(row.call, safe='')}")),
        el("td", row.line),
        el("td", caller(row), class_="plain-number"),
        el("td", length(row.duration_ms), class_="number"),
        el("td", outcome(row)),
        el("td", danger(row)),
    )


def caller(row: CallRow) -> str:
    """The masked number, shortened to its readable end."""
    return "withheld" if not row.caller else "•••• " + row.caller.lstrip("•")


def outcome(row: CallRow) -> Markup:
    """How the call was filed, as a chip."""
    if row.live:
        return el("span", "live", class_="chip live")
    kind = "fault" if row.reason in ("fault", "carrier_lost") else ("good" if row.disposition else "plain")
    return el("span", words(row.disposition or row.reason or "ended"), class_=f"chip {kind}")


def danger(row: CallRow) -> Markup | None:
    """The highest risk heard in the call and what it was, as a badge; None when nothing was."""
    if not row.risk:
        return None
    return el("span", f"{row.risk}: {', '.join(map(words, row.dangers))}", class_=f"chip risk {row.risk}")


def words(name: str) -> str:
    """A code as people read it."""
    return name.replace("_", " ").replace("-", " ")


def length(ms: float | None) -> str:
    """Minutes and seconds."""
    if ms is None:
        return "–"
    seconds = round(ms / 1000)
    return f"{seconds // 60}:{seconds % 60:02d}"
