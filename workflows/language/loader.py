"""Reading a script: text in, a checked ``Script`` or every complaint out."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from workflows.language.catalogue import ACTIONS, CAPTURES, ActionSpec
from workflows.language.checking import Subject
from workflows.language.checks import check
from workflows.language.expanding import LONE, implied_slots
from workflows.language.filing import read_dispositions, read_migrations, read_notes
from workflows.language.keys import SCRIPT, TOPIC, names
from workflows.language.lines import Scope, read_line, read_locale
from workflows.language.model import Line, Script, Slot, Step, Topic
from workflows.language.nodes import Fields, Node, Problem, ScriptError, compose
from workflows.language.paths import committed_by_step, personal_steps
from workflows.language.reading import Where
from workflows.language.slots import read_slots
from workflows.language.steps import read_step
from workflows.language.wording import ROBOT, TRUTHFUL, WORDING

_HOUR = re.compile(r"([01][0-9]|2[0-3]):[0-5][0-9]")


def load_script(path: Path, actions: Mapping[str, ActionSpec] = ACTIONS) -> Script:
    """Read and check the script in a file. Raises ScriptError."""
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as why:
        raise ScriptError(
            [Problem(path.name, 1, "the file is not UTF-8 text", "save it as UTF-8", "not-yaml")]
        ) from why
    except OSError as why:
        reason = f"the file cannot be read ({why.strerror})"
        raise ScriptError([Problem(path.name, 1, reason, "check the path and its permissions", "not-yaml")]) from why
    return read_script(text, path.name, actions)


def read_script(text: str, file: str, actions: Mapping[str, ActionSpec] = ACTIONS) -> Script:
    """Read and check a script. ``file`` is only named in complaints. Raises ScriptError with all of them."""
    subject = parse_script(text, file, actions)
    problems = check(subject)
    if problems:
        raise ScriptError(sorted(problems, key=lambda problem: problem.line))
    return subject.script


def parse_script(text: str, file: str, actions: Mapping[str, ActionSpec] = ACTIONS) -> Subject:
    """Read a script without asking whether it makes sense. Raises ScriptError for what cannot be read."""
    root = compose(text, file)
    fields = root.fields("a script", names(SCRIPT))
    name, locale = fields.need("script").identifier("script"), fields.get("locale")
    slots, faults = read_slots(fields.get("slots"))
    if faults:
        raise _together(faults)
    steps_node = fields.need("steps")
    step_nodes = steps_node.fields("steps").found
    if not step_nodes:
        raise steps_node.refuse("the script has no steps", "write at least one")
    slots |= implied_slots(step_nodes, slots)
    scope = Scope.of(slots, _actions_used(step_nodes, actions))
    steps = _steps(step_nodes, scope, actions)
    dispositions = read_dispositions(fields, steps)
    script = Script(
        name=name,
        title=fields.need("title").text("title"),
        digest=hashlib.sha256(text.encode()).hexdigest(),
        file=file,
        says=_texts(fields, "says"),
        hours=_hours(fields),
        slots=slots,
        steps=steps,
        topics=_topics(fields, scope),
        keeps=_slot_names(fields, "keeps", slots),
        on_cancel=_step_name(fields, "on_cancel"),
        on_change=_step_name(fields, "on_change"),
        on_undo=_step_name(fields, "on_undo"),
        locale=read_locale(locale) if locale else "",
        dispositions=dispositions,
        notes=read_notes(fields, Where("", "", scope, actions)),
        migrations=read_migrations(fields),
        personal=personal_steps(steps, scope.personal),
        found_personal=scope.personal,
        wording=_wording(fields),
        committed=committed_by_step(steps, _step_name(fields, "on_cancel")),
    )
    return Subject(script, actions, root)


def _together(faults: list[ScriptError]) -> ScriptError:
    problems = [problem for fault in faults for problem in fault.problems]
    return ScriptError(sorted(problems, key=lambda problem: problem.line))


def _actions_used(nodes: Mapping[str, Node], actions: Mapping[str, ActionSpec]) -> list[ActionSpec]:
    """Only a glance, so that lines can be read before the steps; a wrong name is refused with its step."""
    used: dict[str, ActionSpec] = {}
    for node in nodes.values():
        if node.is_mapping:
            for action in _named_by(node):
                if action in actions:
                    used[action] = actions[action]
    return list(used.values())


def _named_by(node: Node) -> list[str]:
    keys = node.fields("a step").found
    taken = ["leave_message"] if "message" in keys and not LONE.issuperset(keys) else []
    if "capture" in keys and keys["capture"].text("capture") in CAPTURES:
        return [CAPTURES[keys["capture"].text("capture")].name]
    return [keys["act"].text("act")] if "act" in keys else taken


def _steps(nodes: Mapping[str, Node], scope: Scope, actions: Mapping[str, ActionSpec]) -> dict[str, Step]:
    steps: dict[str, Step] = {}
    faults: list[ScriptError] = []
    order = [*nodes, ""]
    for index, (name, node) in enumerate(nodes.items()):
        try:
            if not re.fullmatch(r"[a-z][a-z0-9_]{0,63}", name):
                raise node.refuse(f"a step cannot be called {name!r}", "use lower case letters, digits and underscores")
            steps |= {step.id: step for step in read_step(node, Where(name, order[index + 1], scope, actions))}
        except ScriptError as fault:
            faults.append(fault)
    if faults:
        raise _together(faults)
    return steps


def _texts(fields: Fields, key: str) -> tuple[str, ...]:
    node = fields.get(key)
    return tuple(item.text(key) for item in node.items(key)) if node else ()


def _slot_names(fields: Fields, key: str, slots: Mapping[str, Slot]) -> tuple[str, ...]:
    node = fields.get(key)
    return tuple(item.one_of(key, slots) for item in node.items(key)) if node else ()


def _step_name(fields: Fields, key: str) -> str:
    node = fields.get(key)
    return node.identifier(key) if node else ""


def _hours(fields: Fields) -> tuple[str, str] | None:
    node = fields.get("hours")
    if node is None:
        return None
    hours = [item.text("hours") for item in node.items("hours")]
    if len(hours) != 2 or not all(_HOUR.fullmatch(hour) for hour in hours) or hours[0] >= hours[1]:
        raise node.refuse("hours are two times, the earlier first", 'write hours: ["09:00", "18:00"]', "hours-reversed")
    return hours[0], hours[1]


def _topics(fields: Fields, scope: Scope) -> dict[str, Topic]:
    node = fields.get("topics")
    topics: dict[str, Topic] = {}
    for name, item in (node.fields("topics").found if node else {}).items():
        if name == ROBOT:
            raise item.refuse(
                "the topic 'robot' belongs to the house", "leave it out: it is always answered, truthfully"
            )
        entry = item.fields(f"topic {name}", names(TOPIC))
        says = tuple(way.text("says") for way in entry.need("says").items("says"))
        topics[name] = Topic(name, says, read_line(entry.need("answer"), "answer", scope))
    return topics


def _wording(fields: Fields) -> dict[str, Line]:
    node = fields.get("wording")
    if node is None:
        return {}
    # The house's words can be said anywhere: they may name the call, never a slot that may be empty.
    nothing = Scope({}, {}, {})
    allowed = [key for key in WORDING if key not in TRUTHFUL]
    return {key: read_line(item, key, nothing) for key, item in node.fields("wording", allowed).found.items()}
