"""Where everything goes: boxes in layers, so that almost every arrow leads down, with few crossings and little slant.

The classic four steps (Sugiyama, Tagawa and Toda 1981): turn the arrows that lead back, give every box a layer, order
each layer by the middle of its neighbours, and move the boxes toward them without changing the order. An arrow over
several layers gets a bend in each.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from workflows.drawing.graph import Arrow, Graph

WIDTH = 236
"""pixels; every box is as wide"""

LINE_HEIGHT = 16
HEAD = 40
_SIDE_GAP = 36
_BEND = 26
"""pixels kept free around an arrow that passes a layer"""

_LAYER_GAP = 74
_SWEEPS = 24
_NO_ARROW = Arrow("", "")


@dataclass(slots=True)
class Spot:
    """A box or a bend, on its layer."""

    name: str
    layer: int
    width: float
    height: float
    x: float = 0.0
    """of its middle"""
    y: float = 0.0
    """of its upper edge"""
    above: list[Spot] = field(default_factory=list)
    below: list[Spot] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Route:
    """An arrow with the points it passes, from its source to its target."""

    arrow: Arrow
    points: tuple[tuple[float, float], ...]
    back: bool
    """leads to a layer above"""


@dataclass(frozen=True, slots=True)
class Layout:
    """Places for everything, in pixels."""

    spots: dict[str, Spot]
    routes: tuple[Route, ...]
    width: float
    height: float


def height_of(words: int, marks: int) -> int:
    """How high a box with so many lines of text is."""
    return HEAD + words * LINE_HEIGHT + (LINE_HEIGHT + 2 if marks else 0) + (6 if words else 0)


def lay_out(graph: Graph) -> Layout:
    """Put a graph on paper."""
    forward, turned = _directed(graph)
    layer = _layers(graph, forward)
    spots = {
        box.id: Spot(box.id, layer[box.id], WIDTH, height_of(len(box.words), len(box.marks))) for box in graph.boxes
    }
    chains = {arrow: _chain(arrow, spots, arrow in turned) for arrow in graph.arrows if arrow.source != arrow.target}
    rows = _rows([*spots.values(), *(bend for chain in chains.values() for bend in chain[1:-1])])
    _order(rows)
    _place(rows)
    height = _stack(rows)
    left = min(spot.x - spot.width / 2 for row in rows for spot in row)
    for row in rows:
        for spot in row:
            spot.x -= left
    routes = tuple(_routes(graph, chains, spots, turned))
    width = max(spot.x + spot.width / 2 for row in rows for spot in row)
    return Layout(spots, routes, width, height)


def _directed(graph: Graph) -> tuple[dict[str, list[str]], set[Arrow]]:
    """Every arrow as it leads downwards, and those that had to be turned for that."""
    leaving: dict[str, list[Arrow]] = {box.id: [] for box in graph.boxes}
    for arrow in graph.arrows:
        leaving[arrow.source].append(arrow)
    turned: set[Arrow] = set()
    done: set[str] = set()
    for start in leaving:
        if start in done:
            continue
        path, stack = {start}, [(start, iter(leaving[start]))]
        while stack:
            name, rest = stack[-1]
            arrow = next(rest, _NO_ARROW)
            if arrow is _NO_ARROW:
                stack.pop()
                path.discard(name)
                done.add(name)
            elif arrow.target in path:
                turned.add(arrow)
            elif arrow.target not in done:
                path.add(arrow.target)
                stack.append((arrow.target, iter(leaving[arrow.target])))
    forward: dict[str, list[str]] = {name: [] for name in leaving}
    for arrow in graph.arrows:
        source, target = (arrow.target, arrow.source) if arrow in turned else (arrow.source, arrow.target)
        if source != target:
            forward[source].append(target)
    return forward, turned


def _layers(graph: Graph, forward: dict[str, list[str]]) -> dict[str, int]:
    """The longest way from above; places outside stand right over what they lead to."""
    waiting = dict.fromkeys(forward, 0)
    for targets in forward.values():
        for target in targets:
            waiting[target] += 1
    layer = dict.fromkeys(forward, 0)
    todo = [name for name, count in waiting.items() if not count]
    while todo:
        name = todo.pop()
        for target in forward[name]:
            layer[target] = max(layer[target], layer[name] + 1)
            waiting[target] -= 1
            if not waiting[target]:
                todo.append(target)
    entered = {target for targets in forward.values() for target in targets}
    for name, targets in forward.items():
        if name not in entered and name != graph.first and targets:
            layer[name] = max(0, min(layer[target] for target in targets) - 1)
    return layer


def _chain(arrow: Arrow, spots: dict[str, Spot], turned: bool) -> list[Spot]:
    """The spots an arrow passes, from above to below."""
    upper, lower = (arrow.target, arrow.source) if turned else (arrow.source, arrow.target)
    chain = [spots[upper]]
    for layer in range(spots[upper].layer + 1, spots[lower].layer):
        chain.append(Spot("", layer, _BEND, 0))
    chain.append(spots[lower])
    for here, there in pairwise(chain):
        here.below.append(there)
        there.above.append(here)
    return chain


def _rows(spots: list[Spot]) -> list[list[Spot]]:
    rows: list[list[Spot]] = [[] for _ in range(1 + max(spot.layer for spot in spots))]
    seen: set[int] = set()
    todo = list(reversed(_uppermost_first(spots)))
    while todo:  # depth first, so that what belongs together begins together
        spot = todo.pop()
        if id(spot) not in seen:
            seen.add(id(spot))
            rows[spot.layer].append(spot)
            todo += reversed(spot.below)
    return rows


def _uppermost_first(spots: list[Spot]) -> list[Spot]:
    """Those with nothing above them, in the order written, then the rest."""
    return [*(spot for spot in spots if not spot.above), *spots]


def _order(rows: list[list[Spot]]) -> None:
    """Order every layer by the middle of its neighbours, down and up, and keep the order with the fewest crossings."""
    best, fewest = [list(row) for row in rows], _crossings(rows)
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows[1:] if down else reversed(rows[:-1]):
            place = {id(s): i for other in rows for i, s in enumerate(other)}
            middles = {id(s): _middle(s.above if down else s.below, place, place[id(s)]) for s in row}
            row.sort(key=lambda s: middles[id(s)])
        found = _crossings(rows)
        if found < fewest:
            best, fewest = [list(row) for row in rows], found
    for row, ordered in zip(rows, best, strict=True):
        row[:] = ordered


def _middle(neighbours: Sequence[Spot], place: dict[int, int], own: int) -> float:
    return sum(place[id(s)] for s in neighbours) / len(neighbours) if neighbours else float(own)


def _crossings(rows: list[list[Spot]]) -> int:
    count = 0
    for upper, lower in pairwise(rows):
        place = {id(spot): index for index, spot in enumerate(lower)}
        ends = [place[id(below)] for spot in upper for below in sorted(spot.below, key=lambda s: place[id(s)])]
        count += sum(1 for i, one in enumerate(ends) for other in ends[i + 1 :] if other < one)
    return count


def _place(rows: list[list[Spot]]) -> None:
    """Move every layer as near to its neighbours as its order allows."""
    for row in rows:
        x = 0.0
        for spot in row:
            spot.x = x + spot.width / 2
            x += spot.width + _SIDE_GAP
    for sweep in range(_SWEEPS):
        down = sweep % 2 == 0
        for row in rows[1:] if down else reversed(rows[:-1]):
            wanted = [_wanted(spot, spot.above if down else spot.below) for spot in row]
            _settle(row, wanted)


def _wanted(spot: Spot, neighbours: Sequence[Spot]) -> tuple[float, float]:
    """Where a spot would like to be, and how much: bends most of all, so that long arrows are straight."""
    if not neighbours:
        return spot.x, 0.2
    weights = [8.0 if not spot.name and not other.name else 2.0 if not spot.name or not other.name else 1.0
               for other in neighbours]  # fmt: skip
    middle = sum(w * other.x for w, other in zip(weights, neighbours, strict=True)) / sum(weights)
    return middle, max(weights)


def _settle(row: list[Spot], wanted: list[tuple[float, float]]) -> None:
    """Least squares with a least distance between neighbours: pool those that would come too near."""
    offsets = [0.0]
    for here, there in pairwise(row):
        gap = _SIDE_GAP if here.name and there.name else _SIDE_GAP / 2
        offsets.append(offsets[-1] + here.width / 2 + gap + there.width / 2)
    pools: list[tuple[float, float, int]] = []
    for (x, weight), offset in zip(wanted, offsets, strict=True):
        pool = (x - offset, weight, 1)
        while pools and pools[-1][0] > pool[0]:
            before = pools.pop()
            total = before[1] + pool[1]
            pool = ((before[0] * before[1] + pool[0] * pool[1]) / total, total, before[2] + pool[2])
        pools.append(pool)
    places = [x for x, _, count in pools for _ in range(count)]
    for spot, x, offset in zip(row, places, offsets, strict=True):
        spot.x = x + offset


def _stack(rows: list[list[Spot]]) -> float:
    y = 0.0
    for row in rows:
        tallest = max(spot.height for spot in row)
        for spot in row:
            spot.y = y + (tallest - spot.height) / 2 if spot.name else y
            spot.height = spot.height if spot.name else tallest
        y += tallest + _LAYER_GAP
    return y - _LAYER_GAP


def _routes(graph: Graph, chains: dict[Arrow, list[Spot]], spots: dict[str, Spot], turned: set[Arrow]) -> list[Route]:
    """Points of every arrow; those at one edge of a box are spread along it in the order of where they lead."""
    leaving: dict[int, list[tuple[float, Arrow]]] = {}
    entering: dict[int, list[tuple[float, Arrow]]] = {}
    for arrow, chain in chains.items():
        leaving.setdefault(id(chain[0]), []).append((chain[1].x, arrow))
        entering.setdefault(id(chain[-1]), []).append((chain[-2].x, arrow))
    routes = []
    for arrow in graph.arrows:
        chain = chains.get(arrow, [])
        if not chain:
            routes.append(Route(arrow, _loop(spots[arrow.source]), True))
            continue
        upper, lower = chain[0], chain[-1]
        points = [(_port(upper, leaving, arrow), upper.y + upper.height)]
        for bend in chain[1:-1]:
            points += [(bend.x, bend.y), (bend.x, bend.y + bend.height)]
        points.append((_port(lower, entering, arrow), lower.y))
        back = arrow in turned
        routes.append(Route(arrow, tuple(reversed(points) if back else points), back))
    return routes


def _port(spot: Spot, users: dict[int, list[tuple[float, Arrow]]], arrow: Arrow) -> float:
    order = [user for _, user in sorted(users[id(spot)], key=lambda item: item[0])]
    reach = min(spot.width * 0.8, 44.0 * (len(order) - 1))
    share = order.index(arrow) / (len(order) - 1) - 0.5 if len(order) > 1 else 0.0
    return spot.x + share * reach


def _loop(spot: Spot) -> tuple[tuple[float, float], ...]:
    right = spot.x + spot.width / 2
    return (
        (right, spot.y + spot.height * 0.65),
        (right + 30, spot.y + spot.height / 2),
        (right, spot.y + spot.height * 0.35),
    )
