"""The picture as SVG: no script, no font and no file from elsewhere."""

from __future__ import annotations

from html import escape
from itertools import pairwise

from workflows.drawing.graph import Box, Graph
from workflows.drawing.layout import HEAD, LINE_HEIGHT, WIDTH, Layout, Route, Spot
from workflows.language.model import Script

MARGIN = 32
_TOP = 92
"""room for the title and the legend"""

COLOURS: dict[str, tuple[str, str, str]] = {
    "say": ("#f4f5f7", "#8a94a6", "says"),
    "collect": ("#e6f1fb", "#2f7ebc", "asks"),
    "choose": ("#e3f0f3", "#1f8296", "lets choose"),
    "confirm": ("#fff3d6", "#c98a04", "reads back, needs a yes"),
    "verify": ("#efe7fb", "#7a4fc0", "verifies the caller"),
    "look": ("#e4f5ef", "#2a8f6b", "looks up"),
    "act": ("#d5efd8", "#1f7a32", "does, with a receipt"),
    "decide": ("#ffffff", "#5b6472", "decides"),
    "other": ("#fbe8f1", "#b8447f", "another script"),
    "hand_over": ("#fde9dc", "#c4611a", "hands over"),
    "end": ("#3b4252", "#22262f", "ends"),
    "outside": ("#fafafa", "#a3a9b5", "outside"),
}
"""kind of box -> fill, border, meaning"""

_ARROWS = {"then": "#6b7484", "yes": "#1f7a32", "no": "#b3261e", "refused": "#c4611a", "else": "#8a94a6"}

STYLE = """
.box text{font:12px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#1f2430}
.box .id{font-weight:700;font-size:13px}.box .verb{fill:#4a5262;font-size:11px}
.box .mark{font-size:10px;font-weight:600}.box .words{fill:#2c3342;font-size:11.5px}
.box.end text{fill:#fff}.box.end .verb,.box.end .words{fill:#d8dde8}
.arrow{fill:none;stroke-width:1.6}.arrow.back{stroke-dasharray:5 4}
.label{font:600 10.5px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif}
.title{font:700 20px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#1f2430}
.under{font:12.5px system-ui,-apple-system,'Segoe UI',Roboto,sans-serif;fill:#5b6472}
""".strip()


def picture(script: Script, graph: Graph, layout: Layout) -> str:
    """The whole drawing."""
    width = max(layout.width + 2 * MARGIN, _legend_width() + 2 * MARGIN)
    height = layout.height + _TOP + 2 * MARGIN
    shift = (width - layout.width) / 2
    boxes = "\n".join(_box(box, layout.spots[box.id]) for box in graph.boxes)
    arrows = "\n".join(_arrow(route) for route in layout.routes)
    labels = "\n".join(_label(route, _turn(route, layout.routes)) for route in layout.routes if route.arrow.label)
    about = f"{len(script.steps)} steps, {len(graph.arrows)} ways"
    under = f"{escape(script.title)} · {about} · {escape(script.digest[:12])}"
    return f"""<svg xmlns="http://www.w3.org/2000/svg" role="img" aria-labelledby="graph-title graph-about" \
viewBox="0 0 {width:.0f} {height:.0f}" width="{width:.0f}" height="{height:.0f}">
<title id="graph-title">The script {escape(script.name)}: {escape(script.title)}</title>
<desc id="graph-about">{escape(_told(script, graph))}</desc>
<style>{STYLE}</style>
<defs>{"".join(_head(kind, colour) for kind, colour in _ARROWS.items())}</defs>
<rect width="100%" height="100%" fill="#fff"/>
<text class="title" x="{MARGIN}" y="{MARGIN + 8}">{escape(script.name)}</text>
<text class="under" x="{MARGIN}" y="{MARGIN + 28}">{under}</text>
<g aria-hidden="true" transform="translate({MARGIN},{MARGIN + 44})">{_legend()}</g>
<g transform="translate({shift:.1f},{_TOP + MARGIN})">
{arrows}
{boxes}
{labels}
</g>
</svg>
"""


def _told(script: Script, graph: Graph) -> str:
    """The picture in words, for those who cannot see it."""
    ways: dict[str, list[str]] = {}
    for arrow in graph.arrows:
        ways.setdefault(arrow.source, []).append(f"{arrow.label} to {arrow.target}".strip())
    told = [f"{box.id}, {box.heading}: {'; '.join(ways.get(box.id, ['ends']))}" for box in graph.boxes]
    return f"Begins with {graph.first}. " + ". ".join(told) + "."


def _head(kind: str, colour: str) -> str:
    return (
        f'<marker id="head-{kind}" viewBox="0 0 10 10" refX="9" refY="5" markerWidth="7" markerHeight="7" '
        f'orient="auto-start-reverse"><path d="M0 0L10 5L0 10z" fill="{colour}"/></marker>'
    )


def _box(box: Box, spot: Spot) -> str:
    fill, border, _ = COLOURS[box.kind]
    left, round_ = spot.x - WIDTH / 2, 22 if box.kind in ("end", "outside") else 4 if box.kind == "decide" else 9
    weight = 2.4 if box.kind in ("act", "confirm", "verify") else 1.4
    dash = ' stroke-dasharray="4 3"' if box.kind == "outside" else ""
    texts = [f'<text class="id" x="14" y="19">{escape(_shown(box))}</text>',
             f'<text class="verb" x="14" y="34">{escape(box.heading)}</text>']  # fmt: skip
    y = float(HEAD)
    if box.marks:
        texts.append(_marks(box.marks, y, border))
        y += LINE_HEIGHT + 2
    for words in box.words:
        texts.append(f'<text class="words" x="14" y="{y + 11:.0f}">{escape(words)}</text>')
        y += LINE_HEIGHT
    where = f' data-line="{box.at}" tabindex="0"' if box.at else ""
    hint = f"{box.id}: {box.heading}" + (f" (line {box.at})" if box.at else "")
    return (
        f'<g class="box {box.kind}" id="box-{escape(box.id)}"{where} transform="translate({left:.1f},{spot.y:.1f})">'
        f"<title>{escape(hint)}</title>"
        f'<rect width="{WIDTH}" height="{spot.height:.0f}" rx="{round_}" fill="{fill}" stroke="{border}" '
        f'stroke-width="{weight}"{dash}/>{"".join(texts)}</g>'
    )


def _shown(box: Box) -> str:
    return "the caller" if box.id.startswith("caller:") else box.id.removeprefix("script:")


def _marks(marks: tuple[str, ...], y: float, colour: str) -> str:
    parts, x = [], 14.0
    for mark in marks:
        width = 12 + 6.0 * len(mark)
        parts.append(
            f'<rect x="{x:.0f}" y="{y - 2:.0f}" width="{width:.0f}" height="15" rx="7" fill="{colour}"/>'
            f'<text class="mark" x="{x + 5:.0f}" y="{y + 9:.0f}" style="fill:#fff">{escape(mark)}</text>'
        )
        x += width + 5
    return "".join(parts)


def _arrow(route: Route) -> str:
    kind = route.arrow.kind
    colour = _ARROWS[kind]
    back = " back" if route.back else ""
    return (
        f'<path class="arrow{back}" stroke="{colour}" marker-end="url(#head-{kind})" d="{_path(route)}">'
        f"<title>{escape(route.arrow.source)} → {escape(route.arrow.target)} {escape(route.arrow.label)}</title></path>"
    )


def _path(route: Route) -> str:
    """Curves that leave and enter every layer upright; straight while they pass one."""
    points = route.points
    if route.arrow.source == route.arrow.target:
        (x, y), (bend, _), (_, end) = points
        return f"M{x:.1f} {y:.1f}C{bend:.1f} {y:.1f} {bend:.1f} {end:.1f} {x:.1f} {end:.1f}"
    parts = [f"M{points[0][0]:.1f} {points[0][1]:.1f}"]
    for (x1, y1), (x2, y2) in pairwise(points):
        if abs(x1 - x2) < 0.5:
            parts.append(f"L{x2:.1f} {y2:.1f}")
        else:
            middle = (y1 + y2) / 2
            parts.append(f"C{x1:.1f} {middle:.1f} {x2:.1f} {middle:.1f} {x2:.1f} {y2:.1f}")
    return "".join(parts)


def _turn(route: Route, routes: tuple[Route, ...]) -> int:
    """Which of the labelled arrows that leave the box this one is, from the left."""
    beside = sorted((r for r in routes if r.arrow.source == route.arrow.source and r.arrow.label),
                    key=lambda r: r.points[0][0])  # fmt: skip
    return beside.index(route)


def _label(route: Route, turn: int) -> str:
    """Near the beginning of the arrow, neighbours at different heights."""
    (x1, y1), (x2, y2) = route.points[0], route.points[1]
    share = 0.30 + 0.22 * (turn % 3)
    ease = share * share * (3 - 2 * share)
    x, y = x1 + (x2 - x1) * ease, y1 + (y2 - y1) * share
    text = route.arrow.label if len(route.arrow.label) <= 26 else route.arrow.label[:25] + "…"
    width = 10 + 6.1 * len(text)
    colour = _ARROWS[route.arrow.kind]
    return (
        f'<g><rect x="{x - width / 2:.1f}" y="{y - 8:.1f}" width="{width:.1f}" height="16" rx="8" fill="#fff" '
        f'stroke="{colour}" stroke-width="0.8"/><text class="label" text-anchor="middle" x="{x:.1f}" y="{y + 4:.1f}" '
        f'fill="{colour}">{escape(text)}</text></g>'
    )


def _legend_width() -> float:
    return sum(38 + 6.3 * len(meaning) for _, _, meaning in COLOURS.values())


def _legend() -> str:
    parts, x = [], 0.0
    for fill, border, meaning in COLOURS.values():
        parts.append(
            f'<rect x="{x:.0f}" width="14" height="14" rx="4" fill="{fill}" stroke="{border}" stroke-width="1.5"/>'
            f'<text class="under" x="{x + 19:.0f}" y="11">{escape(meaning)}</text>'
        )
        x += 38 + 6.3 * len(meaning)
    return "".join(parts)
