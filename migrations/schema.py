"""What the migrated database must look like: the tables of every package that has some."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import MetaData

from records.tables import metadata as memory
from workflows.backends.tables import metadata as workflows


def metadatas() -> Sequence[MetaData]:
    """Each package's tables."""
    return [memory, workflows]
