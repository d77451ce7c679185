"""Makes ``spoken/census_1990.bin`` from the lists of the US Census of 1990, which are in the public domain.

    python infra/pack_names.py FOLDER

FOLDER has ``dist.female.first``, ``dist.male.first`` and ``dist.all.last`` as the Census published them: a name, the
share of people who have it in per cent, the sum so far, the rank. The package ``names`` 0.3.0 (MIT) holds them, too.
Shares are kept to the nearest power of two times 0.0005, and the 12,000 most common family names are enough.
"""

from __future__ import annotations

import math
import sys
import zlib
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

LEAST = 0.0005
"""per cent: what a share of 0.000 is taken for"""
MOST_FAMILY_NAMES = 12_000
OUT = Path(__file__).resolve().parents[1] / "spoken" / "census_1990.bin"


def packed(folder: Path) -> bytes:
    """Given names, an empty line, family names; a line is a share and all names that have it, front-coded."""
    given = _shares(folder / "dist.female.first", folder / "dist.male.first")
    family = _shares(folder / "dist.all.last")
    family = {name: family[name] for name in sorted(family, key=family.__getitem__, reverse=True)[:MOST_FAMILY_NAMES]}
    return zlib.compress("\n\n".join((_lines(given), _lines(family))).encode("ascii"), 9)


def _shares(*lists: Path) -> dict[str, float]:
    shares: dict[str, float] = defaultdict(float)
    for path in lists:
        for line in path.read_text("ascii").splitlines():
            name, share = line.split()[:2]
            shares[name.lower()] += float(share) / len(lists)
    return shares


def _lines(shares: Mapping[str, float]) -> str:
    classes: dict[int, list[str]] = defaultdict(list)
    for name, share in shares.items():
        classes[round(math.log2(max(share, LEAST) / LEAST))].append(name)
    return "\n".join(f"{LEAST * 2**step:g} {_front_coded(sorted(classes[step]))}" for step in sorted(classes))


def _front_coded(names: list[str]) -> str:
    """Each name without what it has in common with the one before, the number of those letters in its place."""
    coded, before = [], ""
    for name in names:
        same = 0
        while same < min(len(before), len(name)) and before[same] == name[same]:
            same += 1
        coded.append(f"{same or ''}{name[same:]}")
        before = name
    return " ".join(coded)


if __name__ == "__main__":
    OUT.write_bytes(packed(Path(sys.argv[1])))
    print(f"{OUT}: {OUT.stat().st_size} bytes")
