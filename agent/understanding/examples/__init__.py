"""How callers word their wishes: the sentences from which ``agent.understanding.training`` learns."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from calls.errors import ConfigurationError

FOLDER = Path(__file__).parent
OTHER = "Other"
"""what means none of the wishes"""


@dataclass(frozen=True, slots=True)
class Example:
    """One wording of a label: a wish's name, or the id of a script or a topic."""

    label: str
    text: str


@cache
def load_examples() -> tuple[Example, ...]:
    """All of them, each once. Raises ConfigurationError naming the file that cannot be used."""
    found: dict[Example, None] = {}
    for path in sorted(FOLDER.glob("*.yaml")):
        for label, lines in _read(path).items():
            found |= {Example(label, line.strip()): None for line in lines.splitlines() if line.strip()}
    return tuple(found)


def labels_of(examples: Sequence[Example]) -> tuple[str, ...]:
    """Every label, in alphabetical order."""
    return tuple(sorted({example.label for example in examples}))


def digest_of(examples: Sequence[Example]) -> str:
    """Changes with any example."""
    texts = sorted(f"{example.label}\0{example.text}\0" for example in examples)
    return hashlib.sha256("".join(texts).encode()).hexdigest()


def _read(path: Path) -> Mapping[str, str]:
    try:
        tree = yaml.safe_load(path.read_text("utf-8"))
    except (OSError, yaml.YAMLError) as why:
        raise ConfigurationError(f"{path.name}: cannot be read ({why}); restore the file") from why
    if not isinstance(tree, dict) or not all(isinstance(lines, str) for lines in tree.values()):
        raise ConfigurationError(f"{path.name}: is no list of wordings; write 'Label: |' and one wording a line")
    return {str(label): str(lines) for label, lines in tree.items()}
