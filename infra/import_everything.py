"""Import every module of every package once: a syntax or a name newer than this Python shows here."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
PACKAGES = ("calls", "spoken", "telephony", "agent", "workflows", "records", "console", "switchboard")


def main() -> int:
    sys.path.insert(0, str(PROJECT))
    number = 0
    for package in PACKAGES:
        root = importlib.import_module(package)
        for module in pkgutil.walk_packages(root.__path__, f"{package}."):
            if not module.name.endswith(".__main__"):
                importlib.import_module(module.name)
                number += 1
    print(f"{number} modules imported on Python {sys.version.split()[0]}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
