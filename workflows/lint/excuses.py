"""``# lint: allow CHECK because REASON``: a complaint its author knows about and wants to live with."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from workflows.formatting.comments import Comment, comments_in
from workflows.language.checking import Check, Checks, Found, Subject
from workflows.language.nodes import Problem, suggestion
from workflows.language.yaml_tree import yaml_tree

_EXCUSE = re.compile(r"#\s*lint\s*:\s*(?P<rest>.*)", re.IGNORECASE)
_WELL_FORMED = re.compile(r"allow\s+(?P<check>[a-z][a-z-]*)\s+because\s+(?P<reason>\S.{4,})")

EXCUSES = Checks()


@dataclass(frozen=True, slots=True)
class Excuse:
    """One of them, and the lines it is good for."""

    check: str
    line: int
    covers: frozenset[int]


@EXCUSES.add("bad-excuse")
def bad_excuse(subject: Subject) -> Iterator[Found]:
    """A `# lint:` comment that excuses nothing: it names no check, gives no reason, or is for a check that nobody may
    excuse.

    Fix: write `# lint: allow CHECK because REASON`; `switchboard workflow lint --list` has the names.
    """
    yield from ()


@EXCUSES.add("unused-excuse")
def unused_excuse(subject: Subject) -> Iterator[Found]:
    """A `# lint:` comment for a complaint that is not made: it would hide the next one.

    Fix: take it out.
    """
    yield from ()


def excused(text: str, problems: list[Problem], checks: dict[str, Check], file: str) -> list[Problem]:
    """What remains of ``problems``, with complaints about the excuses themselves."""
    if not _EXCUSE.search(text):
        return problems
    try:
        comments = comments_in(text.replace("\r\n", "\n"))
        root = yaml_tree(text)
    except (yaml.YAMLError, RecursionError):
        return problems
    excuses, wrong = _read(comments, _blocks(root), checks, file)
    left, used = [], set()
    for problem in problems:
        good = next((e for e in excuses if e.check == problem.check and problem.line in e.covers), None)
        if good is None:
            left.append(problem)
        else:
            used.add(good)
    idle = [Problem(file, excuse.line, f"nothing here needs to be excused from {excuse.check}", "take the comment out",
                    "unused-excuse") for excuse in excuses if excuse not in used]  # fmt: skip
    return [*left, *wrong, *idle]


def _read(
    comments: list[Comment], blocks: dict[int, set[int]], checks: dict[str, Check], file: str
) -> tuple[list[Excuse], list[Problem]]:
    alone = {comment.line + 1 for comment in comments if comment.alone}
    excuses, wrong = [], []
    for comment in comments:
        match = _EXCUSE.match(comment.text)
        if match is None:
            continue
        line = comment.line + 1
        allowed = _WELL_FORMED.fullmatch(match["rest"].strip())
        fault = _fault(allowed["check"] if allowed else "", checks)
        if allowed is None or fault:
            reason = fault or "this excuse names no check or gives no reason"
            fix = suggestion(allowed["check"], list(checks)) if allowed and allowed["check"] not in checks else _FORM
            wrong.append(Problem(file, line, reason, fix, "bad-excuse"))
            continue
        covers = line
        while comment.alone and covers in alone:
            covers += 1
        excuses.append(Excuse(allowed["check"], line, frozenset({covers, *blocks.get(covers, ())})))
    return excuses, wrong


_FORM = "write # lint: allow CHECK because REASON"


def _fault(name: str, checks: dict[str, Check]) -> str:
    if name and name not in checks:
        return f"there is no check {name!r}"
    if name and checks[name].firm:
        return f"{name} cannot be excused: a script with it is never used"
    return ""


def _blocks(node: yaml.Node | None) -> dict[int, set[int]]:
    """Line of a key -> lines its value begins at: a step is complained of at its first key, below its name."""
    found: dict[int, set[int]] = {}
    todo = [node]
    while todo:
        here = todo.pop()
        if isinstance(here, yaml.MappingNode):
            for key, value in here.value:
                found.setdefault(key.start_mark.line + 1, set()).add(value.start_mark.line + 1)
                todo.append(value)
        elif isinstance(here, yaml.SequenceNode):
            todo += here.value
    return found
