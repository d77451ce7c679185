"""A time that became free is kept for the one who waits, until an hour that is on file."""

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

OFFERS = """
ALTER TABLE wait_list ADD COLUMN offered_until TIMESTAMP WITH TIME ZONE;
COMMENT ON COLUMN wait_list.offered_until IS 'kept for them until then; after that it passes on';
COMMENT ON COLUMN wait_list.status IS 'waiting | offered | taken | lapsed';
ALTER TABLE wait_list DROP CONSTRAINT ck_wait_list_status;
ALTER TABLE wait_list ADD CONSTRAINT ck_wait_list_status
    CHECK (status in ('waiting', 'offered', 'taken', 'lapsed'));
-- nothing was kept for those who were offered a time before: they are told nothing new
UPDATE wait_list SET status = 'lapsed' WHERE status = 'offered';
DROP INDEX ix_wait_list_open;
CREATE INDEX ix_wait_list_open ON wait_list (business, date, created_at) WHERE status in ('waiting', 'offered');
-- every look into the calendar asks whether an offer is over
CREATE INDEX ix_wait_list_offered ON wait_list (business, offered_until) WHERE status = 'offered';
"""


def upgrade() -> None:
    """Give offers an end. Forward only: the record has no way back."""
    op.execute(OFFERS)
