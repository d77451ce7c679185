"""``switchboard workflow graph``: a script as a picture, drawn from its source."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from calls.errors import ConfigurationError
from switchboard import settings
from workflows.drawing import graph_of, lay_out, page, picture
from workflows.language.loader import parse_script
from workflows.language.scripts import SHIPPED, script_files


def add_to(verbs: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """The verb."""
    verb = verbs.add_parser("graph", help="draw a script: SVG, or a page to move about in")
    verb.add_argument("file", metavar="FILE", help="a script's file, or the name of one there is")
    verb.add_argument("--format", choices=("svg", "html"), help="else by the name of the output, else svg")
    verb.add_argument("-o", "--to", type=Path, metavar="OUT", help="where to write it; standard output when left out")
    verb.set_defaults(run=run)


async def run(arguments: argparse.Namespace) -> int:
    """0. Raises ScriptError when the script cannot be read, OSError when it is not there."""
    path = _path(arguments.file)
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as why:
        raise ConfigurationError(f"{path}: the file is not UTF-8 text; save it as UTF-8") from why
    script = parse_script(text, str(path)).script
    graph = graph_of(script)
    drawing = picture(script, graph, lay_out(graph))
    wanted = arguments.format or ("html" if arguments.to and arguments.to.suffix in (".html", ".htm") else "svg")
    drawn = page(script, text, drawing) if wanted == "html" else drawing
    if arguments.to is None:
        sys.stdout.write(drawn)
    else:
        arguments.to.write_text(drawn, encoding="utf-8")
        print(f"{arguments.to}: {len(script.steps)} steps, {len(graph.arrows)} ways")
    return 0


def _path(name: str) -> Path:
    if Path(name).is_file() or "." in name or "/" in name:
        return Path(name)
    known = {path.stem: path for path in [*sorted(SHIPPED.glob("*.yaml")), *script_files(settings.read().scripts)]}
    if name not in known:
        raise ConfigurationError(f"there is no script {name!r}; name a file, or one of: {', '.join(sorted(known))}")
    return known[name]
