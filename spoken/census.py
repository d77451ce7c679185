"""How common given and family names are: from the lists of the US Census of 1990, which are in the public domain.

``census_1990.bin`` is made by ``infra/pack_names.py``: all 5,163 given names of the lists, and the 12,000 most common
family names.
"""

from __future__ import annotations

import re
import zlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files

_CODED = re.compile(r"(\d*)([a-z]+)")
"""letters in common with the name before, and the rest"""


def given_names() -> Mapping[str, float]:
    """Given names in small letters -> how many people of a hundred have it (halves of women and men alike)."""
    return _read()[0]


def family_names() -> Mapping[str, float]:
    """The same of family names."""
    return _read()[1]


@cache
def _read() -> tuple[Mapping[str, float], Mapping[str, float]]:
    text = zlib.decompress(files(__package__).joinpath("census_1990.bin").read_bytes()).decode("ascii")
    given, family = text.split("\n\n")
    return _shares(given), _shares(family)


def _shares(lines: str) -> dict[str, float]:
    shares: dict[str, float] = {}
    for line in lines.splitlines():
        share, _, names = line.partition(" ")
        before = ""
        for same, rest in _CODED.findall(names):
            before = before[: int(same or 0)] + rest
            shares[before] = float(share)
    return shares
