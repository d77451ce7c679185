"""How often the counted proofs repeat: a little in `make test`, in full in `make prove`."""

from __future__ import annotations

import os


def full_counts() -> bool:
    """Whether SWITCHBOARD_PROVE_COUNTS=full asks for the full counts."""
    return os.environ.get("SWITCHBOARD_PROVE_COUNTS", "") == "full"


def count(full: int, quick: int) -> int:
    """`full` in `make prove`, `quick` otherwise."""
    return full if full_counts() else quick
