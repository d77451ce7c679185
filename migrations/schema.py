"""What the migrated database must look like: the tables of every package that has some."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import MetaData

from records.tables import metadata as memory
from switchboard.tables import metadata as processes
from workflows.backends.tables import metadata as workflows
from workflows.jobs import tables as jobs
from workflows.versions.tables import metadata as versions


def metadatas() -> Sequence[MetaData]:
    """Each package's tables."""
    assert jobs.deliveries.metadata is workflows
    return [memory, workflows, processes, versions]
