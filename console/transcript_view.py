"""The transcript as a list whose turns lead to their place in the recording."""

from __future__ import annotations

from console.log_page import words
from console.markup import Markup, el
from records.entries import ActionLine, AgentClause, CallerKeys, CallerTurn, Entry, Notice, SlotLine
from records.transcript import Transcript
from records.transcript_formats import clock


def transcript_view(transcript: Transcript, live: bool) -> Markup:
    """Turns, with what was not heard shown as such."""
    if not transcript.entries:
        return el("p", "Nothing has been said yet." if live else "Nothing was said.", class_="empty")
    return el("ol", *map(_entry, transcript.entries), class_="transcript")


def _entry(entry: Entry) -> Markup:
    match entry:
        case CallerTurn():
            tail = el("span", " … unfinished", class_="mark-note") if entry.unfinished else None
            return _turn(entry, "caller", el("p", entry.text, tail))
        case CallerKeys():
            return _turn(entry, "caller", el("p", "Keys ", el("kbd", entry.digits)))
        case AgentClause():
            return _turn(entry, "agent", _clause(entry))
        case SlotLine():
            slot = "everything" if entry.slot == "*" else words(entry.slot)
            value = f": {entry.value}" if entry.value else ""
            return _aside(entry, f"{slot} {entry.change}{value}")
        case ActionLine():
            return _aside(entry, f"{words(entry.action)} {entry.state}")
        case Notice():
            return _aside(entry, entry.text, "danger" if entry.danger else "")


def _turn(entry: CallerTurn | CallerKeys | AgentClause, who: str, text: Markup) -> Markup:
    audible = not isinstance(entry, AgentClause) or entry.state not in ("composed", "voiced", "blocked")
    at = clock(entry.from_ms)
    play = el("button", at, type="button", class_="at", title="Play from here")
    return el(
        "li",
        play if audible else el("span", at, class_="at"),
        el("span", who.capitalize(), class_="who"),
        text,
        class_=who if audible else f"{who} unsaid",
        data_from=entry.from_ms if audible else None,
        data_to=max(entry.to_ms, entry.from_ms + 200) if audible else None,
    )


def _clause(entry: AgentClause) -> Markup:
    note = {
        "interrupted": "interrupted",
        "paused": "paused",
        "sent": "sent, not known to be heard",
        "blocked": f"stopped by {entry.rule}",
        "composed": "not said",
        "voiced": "not said",
    }.get(entry.state)
    if entry.state == "sent":
        heard, rest = entry.said, ""
    else:
        heard, rest = entry.heard, entry.unheard
    return el(
        "p",
        heard,
        " " if heard and rest else None,
        el("del", rest, title="not heard by the caller") if rest else None,
        el("span", f" {note}", class_="mark-note") if note else None,
        el("span", " read back", class_="mark-note calm") if entry.read_back else None,
        el("span", f" reworded by {entry.rule}", class_="mark-note") if entry.said != entry.composed else None,
    )


def _aside(entry: Entry, text: str, mark: str = "") -> Markup:
    return el("li", el("span", clock(entry.from_ms), class_="at"), el("p", text), class_=f"note {mark}".rstrip())
