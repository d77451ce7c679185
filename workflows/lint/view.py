"""How the checks look at a script: the steps its author wrote, what each can say, and how phrases compare."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from workflows.language.checking import Subject
from workflows.language.model import Act, Call, Choose, Collect, Confirm, HandOver, Line, Place, Script, Start, Step
from workflows.language.nodes import Node
from workflows.language.paths import edges, lines_of

_GAP_WORDS = {
    "date": 4, "time": 3, "datetime": 7, "date_range": 8, "duration": 3, "phone": 10, "email": 7, "person_name": 2,
    "spelled_name": 6, "address": 9, "postcode": 6, "date_of_birth": 5, "code": 6, "card": 16, "free_text": 8,
    "money": 4, "list of time": 9, "list of datetime": 21,
}  # fmt: skip
"""About how many words a value takes when it is spoken, by kind; two for the rest."""

_WORD = re.compile(r"[\w'’-]+")
_SMALL = frozenset({"a", "an", "the", "please", "my", "i", "i'd", "would", "like", "to", "want"})


def written(subject: Subject) -> list[Step]:
    """The steps as the author wrote them, without those the reader makes of a ``verify`` or a ``message``."""
    names = subject.root.fields("a script").need("steps").fields("steps").found
    return [step for name, step in subject.script.steps.items() if name in names]


def questions(subject: Subject) -> list[Collect | Confirm | Choose]:
    """The steps written as questions to the caller."""
    nodes = subject.root.fields("a script").need("steps").fields("steps").found
    asked = [step for step in written(subject) if isinstance(step, Collect | Confirm | Choose)]
    return [step for step in asked if not {"message", "verify"} & set(nodes[step.id].fields("a step").found)]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A line, and where it stands."""

    line: Line
    where: str


def spoken(subject: Subject) -> Iterator[Spoken]:
    """Every line of a script."""
    for step in subject.script.steps.values():
        for line in lines_of(step):
            yield Spoken(line, f"step {step.id}")
    for topic in subject.script.topics.values():
        yield Spoken(topic.answer, f"topic {topic.id}")
    for key, line in subject.script.wording.items():
        yield Spoken(line, f"wording {key}")


def words_in(line: Line) -> int:
    """About how many words a caller hears, values included."""
    return sum(
        _GAP_WORDS.get(part.kind, 2) if isinstance(part, Place) else len(_WORD.findall(part)) for part in line.parts
    )


def text_of(line: Line) -> str:
    """The words with their gaps by name."""
    return "".join(part if isinstance(part, str) else f"{{{part.name}}}" for part in line.parts)


def plain(phrase: str) -> str:
    """A phrase as two of them are compared: no capitals, no punctuation, no words that tell nothing apart."""
    found = [word.replace("-", "").replace("’", "'") for word in _WORD.findall(phrase.lower())]
    return " ".join(word for word in found if word not in _SMALL) or " ".join(found)


def place_of(subject: Subject, *path: str) -> int:
    """The line of a key, by the keys that lead to it; of the last one that is there."""
    node: Node = subject.root
    line = 1
    for name in path:
        if not node.is_mapping:
            break
        for key, value in node.raw.value:
            if key.value == name:
                line, node = key.start_mark.line + 1, Node(value, node.file)
                break
        else:
            break
    return int(line)


def case_line(subject: Subject, step: str, number: int) -> int:
    """The line of a branch of a ``decide``."""
    node = subject.root.fields("a script").need("steps").fields("steps").need(step)
    return node.fields("a step").need("decide").items("decide")[number].line


def ways_from(script: Script, start: str) -> set[str]:
    """Every step that can be reached from ``start``, itself too."""
    seen: set[str] = set()
    todo = [start]
    while todo:
        name = todo.pop()
        if name in script.steps and name not in seen:
            seen.add(name)
            todo += [target for target, _ in edges(script.steps[name])]
    return seen


MESSAGES = frozenset({"leave_message", "leave_callback"})
"""Actions by which a caller reaches a person later."""


def reaches_person(step: Step, shared: str) -> bool:
    """Whether a step brings the caller to a person, now or later."""
    match step:
        case HandOver():
            return True
        case Act():
            return step.action in MESSAGES
        case Start() | Call():
            return step.script == shared
        case Choose():
            return any(intent.script == shared for intent in step.intents)
        case _:
            return False
