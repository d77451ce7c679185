"""A text may be drafted more than once: each time by somebody, for a reason."""

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

DRAFTS = """
ALTER TABLE script_versions DROP CONSTRAINT script_versions_pkey;
ALTER TABLE script_versions ADD CONSTRAINT script_versions_pkey PRIMARY KEY (number);
-- calls and releases name a text by its digest
CREATE INDEX script_versions_by_digest ON script_versions (name, digest);
"""


def upgrade() -> None:
    """Let history hold the same text again. Forward only: the record has no way back."""
    op.execute(DRAFTS)
