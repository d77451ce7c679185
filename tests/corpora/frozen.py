"""Frozen corpora: each directory lists the SHA-256 of its files, so that a later edit is a visible act.

The list is in the format of ``sha256sum`` (``sha256sum -c SHA256SUMS`` agrees with this module).
"""

from __future__ import annotations

import hashlib
from pathlib import Path

LIST_NAME = "SHA256SUMS"


def digests_of(directory: Path, suffix: str = ".jsonl") -> dict[str, str]:
    """File name to SHA-256 (hexadecimal) of the corpus files now in ``directory``."""
    return {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in sorted(directory.glob(f"*{suffix}"))}


def frozen_digests(directory: Path) -> dict[str, str]:
    """File name to SHA-256 as written down when the corpus in ``directory`` was frozen."""
    lines = (directory / LIST_NAME).read_text(encoding="utf-8").splitlines()
    return {name.lstrip("*"): digest for digest, name in (line.split(maxsplit=1) for line in lines if line.strip())}
