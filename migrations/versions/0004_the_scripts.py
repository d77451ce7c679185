"""Script versions, their traffic, and orders between processes."""

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the record has no way back."""
