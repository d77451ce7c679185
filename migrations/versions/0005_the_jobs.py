"""Outbox, webhooks, messages sent and the consent they need."""

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Forward only: the record has no way back."""
