"""What the calendar needs beyond a diary: places, holidays, capacity, holds, wait lists, customers, knowledge."""

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the record has no way back."""
