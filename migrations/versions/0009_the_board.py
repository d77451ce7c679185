"""The call log knows the highest risk that was heard in a call, to be sorted by."""

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

BOARD = """
ALTER TABLE calls
    ADD COLUMN risk SMALLINT DEFAULT '0' NOT NULL,
    ADD COLUMN dangers TEXT[] DEFAULT '{}' NOT NULL,
    ADD CONSTRAINT calls_risk CHECK (risk BETWEEN 0 AND 3);
CREATE INDEX calls_by_risk ON calls (risk, started_at, call);
COMMENT ON COLUMN calls.risk IS '0 none, 1 elevated, 2 high, 3 critical';
COMMENT ON COLUMN calls.dangers IS 'kinds, in the order they were heard';
"""


def upgrade() -> None:
    """Add the columns. Forward only: the record has no way back. No call before had danger heard in it."""
    op.execute(BOARD)
