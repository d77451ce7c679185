"""Reply latency as bars: one row per turn, one colour per stage."""

from __future__ import annotations

from collections.abc import Sequence

from console.markup import Markup, el, join
from records.turn_latency import OURS, STAGES, Span, TurnLatency, summarize

NAMES = {
    "decided": "end of turn and recognition",
    "first_token": "model's first token",
    "understood": "understanding",
    "acted": "action",
    "chosen": "script",
    "composed": "model's words",
    "cleared": "speech gate",
    "voiced": "voice",
    "sent": "sending",
}

WIDTH = 100.0
"""units of the drawing"""


def latency_view(turns: Sequence[TurnLatency]) -> Markup | None:
    """Bars, their key, and median and 95th percentile; None when nothing was answered."""
    answered = [turn for turn in turns if turn.total is not None]
    if not answered:
        return None
    summary = summarize(answered)
    longest = max(turn.total or 0.0 for turn in answered) or 1.0
    stages = dict(summary.stages)
    key = [
        el(
            "li",
            el("span", class_=f"swatch {stage}"),
            NAMES[stage],
            el("span", f"{stages[stage]:.0f} ms", class_="number"),
        )
        for stage in STAGES
        if stage in stages
    ]
    return el(
        "section",
        el("h2", "Reply latency"),
        el(
            "p",
            el("strong", f"{summary.median:.0f} ms"), " median, ",
            el("strong", f"{summary.p95:.0f} ms"), " p95 over ", str(summary.turns),
            " turn" if summary.turns == 1 else " turns",
        ),
        el("ol", *(_bar(turn, longest) for turn in answered), class_="waterfall"),
        el("p", "Median of each stage", class_="hint"),
        el("ul", *key, class_="key"),
        class_="card",
    )  # fmt: skip


def _bar(turn: TurnLatency, longest: float) -> Markup:
    at = 0.0
    bars, told = [], []
    for span in turn.spans():
        width = span.ms / longest * WIDTH
        words = _words(span)
        if width > 0:
            told.append(words)
            shape = el("rect", x=f"{at:.2f}", y="0", width=f"{width:.2f}", height="10", class_=span.stage)
            bars.append(el("g", el("title", words), shape))
        at += width
    total = f"{turn.total or 0:.0f} ms"
    notes = _notes(turn)
    return el(
        "li",
        el("span", str(turn.turn), class_="at"),
        el("svg", join(*bars), viewBox=f"0 0 {WIDTH:.0f} 10", preserveAspectRatio="none", role="img",
           aria_label=f"turn {turn.turn}: {total}: " + ", ".join(told)),
        el("span", total, class_="number"),
        el("span", ", ".join(notes), class_="notes") if notes else None,
    )  # fmt: skip


def _words(span: Span) -> str:
    whose = "" if span.provider == OURS else f" ({span.provider})"
    return f"{NAMES[span.stage]}{whose}: {span.ms:.0f} ms"


def _notes(turn: TurnLatency) -> list[str]:
    """What was out of the ordinary about how the turn was answered."""
    notes = ["fast path"] if turn.fast else []
    if turn.ahead:
        notes.append("begun ahead" if turn.ahead == "used" else "begun ahead in vain")
    if turn.fallback:
        notes.append("fallback")
    notes += [f"{stage} hedged" for stage in turn.hedged]
    notes += [f"{stage} switched" for stage in turn.switched]
    if turn.filled_ms is not None:
        notes.append(f"filler after {turn.filled_ms:.0f} ms")
    return notes
