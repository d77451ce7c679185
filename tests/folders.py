"""Folders for the stores of tests: in memory where there is room, because making a database there takes a tenth."""

from __future__ import annotations

import os
import re
import shutil
import tempfile
from contextlib import suppress
from pathlib import Path

import psutil

from tests.counts import full_counts

MEMORY = Path("/dev/shm")
ROOM_BYTES = 4 * 2**30
"""free before a folder is put there; a run's stores take a few hundred MB. Containers often have 64 MB in all."""
_OURS = re.compile(r"sb-(\d+)-")


def short_folder() -> Path:
    """A new folder with a name short enough for Unix sockets. `make prove` measures on a real disk."""
    place = MEMORY if not full_counts() and _has_room() else None
    if place is not None:
        _forget_the_dead()
    return Path(tempfile.mkdtemp(prefix=f"sb-{os.getpid()}-", dir=place))


def _has_room() -> bool:
    try:
        return os.access(MEMORY, os.W_OK) and min(_free(), psutil.virtual_memory().available) >= ROOM_BYTES
    except OSError:
        return False


def _free() -> int:
    return shutil.disk_usage(MEMORY).free


def _forget_the_dead() -> None:
    """What a killed run left would fill the memory."""
    for path in MEMORY.glob("sb-*"):
        owner = _OURS.match(path.name)
        with suppress(OSError):
            if owner and path.stat().st_uid == os.getuid() and not psutil.pid_exists(int(owner[1])):
                shutil.rmtree(path, ignore_errors=True)
