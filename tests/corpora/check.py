"""``python -m tests.corpora.check CORPUS ...``: what a corpus says about the code, as a table.

Each corpus is a directory beside this file whose ``checking.py`` has ``main(arguments) -> exit code``.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Sequence
from pathlib import Path

HERE = Path(__file__).parent


def corpora() -> list[str]:
    """The names of the corpora that can be checked."""
    return sorted(path.parent.name for path in HERE.glob("*/checking.py"))


def main(arguments: Sequence[str]) -> int:
    """Hand the rest of the command line to the corpus named first; 2 when there is none of that name."""
    if not arguments or arguments[0] not in corpora():
        print(f"name a corpus to check, one of: {', '.join(corpora())}", file=sys.stderr)
        return 2
    checking = importlib.import_module(f"tests.corpora.{arguments[0]}.checking")
    return int(checking.main(arguments[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
