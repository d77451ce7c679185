"""The picture of a script: complete, without overlaps, readable when it is large, and self-contained."""

from __future__ import annotations

import asyncio
import re
import xml.etree.ElementTree as ElementTree
from pathlib import Path
from random import Random

import pytest

from switchboard.cli import parser
from tests.workflows.lint.test_defects import GOOD
from workflows.drawing import graph_of, lay_out, page, picture
from workflows.drawing.graph import Graph
from workflows.drawing.layout import Layout, Route, Spot
from workflows.language import read_script, shipped_scripts
from workflows.language.loader import parse_script
from workflows.language.model import Script
from workflows.language.paths import edges

SCRIPTS = {**shipped_scripts().scripts, "move": read_script(GOOD["move"], "move.yaml")}


def _drawn(script: Script) -> tuple[Graph, Layout]:
    graph = graph_of(script)
    return graph, lay_out(graph)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_every_step_and_every_way_is_drawn(name: str) -> None:
    script = SCRIPTS[name]
    graph, layout = _drawn(script)
    assert {box.id for box in graph.boxes} >= set(script.steps)
    ways = {(arrow.source, arrow.target) for arrow in graph.arrows}
    assert ways >= {(step.id, target) for step in script.steps.values() for target, _ in edges(step)}
    assert {(route.arrow.source, route.arrow.target) for route in layout.routes} == ways


def _apart(one: Spot, other: Spot) -> bool:
    beside = abs(one.x - other.x) >= (one.width + other.width) / 2 + 8
    return beside or one.y + one.height + 8 <= other.y or other.y + other.height + 8 <= one.y


def _meets(route: Route, layout: Layout) -> None:
    """An arrow begins and ends at the edge of its boxes."""
    for name, (x, y) in ((route.arrow.source, route.points[0]), (route.arrow.target, route.points[-1])):
        spot = layout.spots[name]
        assert abs(x - spot.x) <= spot.width / 2 + 0.1
        assert spot.y - 0.1 <= y <= spot.y + spot.height + 0.1


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_no_box_covers_another_and_arrows_meet_their_boxes(name: str) -> None:
    _, layout = _drawn(SCRIPTS[name])
    spots = list(layout.spots.values())
    assert all(_apart(one, other) for i, one in enumerate(spots) for other in spots[i + 1 :])
    assert all(s.x - s.width / 2 >= -0.1 and s.x + s.width / 2 <= layout.width + 0.1 for s in spots)
    for route in layout.routes:
        _meets(route, layout)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_arrows_pass_beside_the_boxes_they_do_not_belong_to(name: str) -> None:
    _, layout = _drawn(SCRIPTS[name])
    for route in layout.routes:
        for x, y in route.points[1:-1]:
            for spot in layout.spots.values():
                inside = abs(x - spot.x) < spot.width / 2 and spot.y < y < spot.y + spot.height
                assert not inside, (route.arrow, spot.name)


def test_most_arrows_lead_down() -> None:
    for name, script in SCRIPTS.items():
        _, layout = _drawn(script)
        back = sum(route.back for route in layout.routes)
        assert back <= len(layout.routes) / 3, name


def _large(count: int, random: Random) -> Script:
    steps = []
    for number in range(count):
        others = [f"s{random.randrange(count)}" for _ in range(2)]
        if number % 4 == 3:
            case = f"{{call: has_human, is: true, then: {others[0]}}}"
            steps.append(f"  s{number}:\n    decide: [{case}]\n    else: s{number + 1}\n")
        else:
            steps.append(f"  s{number}:\n    collect: wish\n    ask: Which?\n    then: s{number + 1}\n")
    text = "script: large\ntitle: many steps\nslots: {wish: {kind: free_text}}\nsteps:\n" + "".join(steps)
    return parse_script(text + f"  s{count}:\n    end: done\n", "large.yaml").script


@pytest.mark.parametrize("count", [1, 40, 120])
def test_a_large_script_is_laid_out_too(count: int) -> None:
    script = _large(count, Random(count))
    _, layout = _drawn(script)
    spots = list(layout.spots.values())
    assert all(_apart(one, other) for i, one in enumerate(spots) for other in spots[i + 1 :])


LOOP = """\
script: loop
title: a loop
steps:
  a:
    choose: {again: {says: [again], then: a}}
    ask: Again?
    no: b
  b:
    end: done
"""


def test_a_step_that_leads_to_itself_has_a_loop() -> None:
    script = read_script(LOOP, "loop.yaml")
    graph, layout = _drawn(script)
    [loop] = [route for route in layout.routes if route.arrow.source == route.arrow.target]
    assert loop.points[0][0] == loop.points[-1][0] == layout.spots["a"].x + layout.spots["a"].width / 2
    assert "again" in picture(script, graph, layout)


@pytest.mark.parametrize("name", sorted(SCRIPTS))
def test_the_picture_is_xml_with_words_for_those_who_cannot_see_it(name: str) -> None:
    script = SCRIPTS[name]
    graph, layout = _drawn(script)
    root = ElementTree.fromstring(picture(script, graph, layout))
    space = "{http://www.w3.org/2000/svg}"
    assert script.name in str(root.findtext(f"{space}title"))
    told = str(root.findtext(f"{space}desc"))
    assert all(step in told for step in script.steps)
    assert root.get("role") == "img" and root.get("aria-labelledby") == "graph-title graph-about"


def test_what_a_script_says_cannot_break_the_page() -> None:
    nasty = GOOD["book"].replace("a new appointment", "<script>alert(1)</script> & {{rows}}")
    script = read_script(nasty, "book.yaml")
    graph, layout = _drawn(script)
    drawn = page(script, nasty, picture(script, graph, layout))
    assert "<script>alert" not in drawn
    assert drawn.count("<script>") == 1


def test_the_page_needs_nothing_from_elsewhere_and_shows_the_source() -> None:
    script = SCRIPTS["book"]
    graph, layout = _drawn(script)
    drawn = page(script, GOOD["book"], picture(script, graph, layout))
    assert not re.search(r'(src|href)="(?!#)', drawn)
    assert re.findall(r"https?://[^\"' )]+", drawn) == ["http://www.w3.org/2000/svg"]
    assert drawn.count("<li id=") == len(GOOD["book"].splitlines())
    lines = [int(line) for line in re.findall(r'data-line="(\d+)"', drawn)]
    assert sorted(lines) == sorted(step.at for step in script.steps.values())


def test_the_command_writes_what_the_name_of_the_file_says(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    def run(*words: str) -> int:
        chosen = parser().parse_args(["workflow", "graph", *words])
        return int(asyncio.run(chosen.run(chosen)))

    assert run("book", "-o", str(tmp_path / "a.html")) == 0
    assert run("book", "-o", str(tmp_path / "a.svg")) == 0
    assert (tmp_path / "a.html").read_text().startswith("<!doctype html>")
    assert (tmp_path / "a.svg").read_text().startswith("<svg")
    capsys.readouterr()
    assert run("callback", "--format", "html") == 0
    assert capsys.readouterr().out.startswith("<!doctype html>")
