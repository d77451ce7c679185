"""Reply latency as bars: one row per turn, one colour per stage."""

from __future__ import annotations

from collections.abc import Sequence

from console.markup import Markup, el, join
from records.waterfall import STAGES, TurnLatency, summarize

NAMES = {
    "decided": "end of turn and recognition",
    "understood": "understanding",
    "chosen": "script and actions",
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
    bars = []
    for stage in STAGES:
        span = getattr(turn, stage) or 0.0
        width = span / longest * WIDTH
        title = el("title", f"{NAMES[stage]}: {span:.0f} ms")
        if width > 0:
            shape = el("rect", x=f"{at:.2f}", y="0", width=f"{width:.2f}", height="10", class_=stage)
            bars.append(el("g", title, shape))
        at += width
    return el(
        "li",
        el("span", str(turn.turn), class_="at"),
        el("svg", join(*bars), viewBox=f"0 0 {WIDTH:.0f} 10", preserveAspectRatio="none", role="img",
           aria_label=f"turn {turn.turn}: {turn.total or 0:.0f} ms"),
        el("span", f"{turn.total or 0:.0f} ms", class_="number"),
    )  # fmt: skip
