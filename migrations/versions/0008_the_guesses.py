"""Guesses from withheld numbers are counted together, whichever record they are at."""

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

GUESSES = """
CREATE INDEX ix_verification_attempts_withheld ON verification_attempts (business, created_at)
    WHERE left(caller, 5) = 'call:';
"""


def upgrade() -> None:
    """Find them by an index. Forward only: the record has no way back."""
    op.execute(GUESSES)
