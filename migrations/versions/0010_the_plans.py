"""A wish of several actions is written down before its first one, so that a process that dies leaves no half of it."""

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

PLANS = """
CREATE TABLE action_plans (
    id TEXT NOT NULL,
    call TEXT NOT NULL,
    facts TEXT NOT NULL,
    requests TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_action_plans PRIMARY KEY (id),
    CONSTRAINT ck_action_plans_state CHECK (state in ('doing', 'undoing'))
);
COMMENT ON COLUMN action_plans.id IS 'idempotency key of the last action';
COMMENT ON COLUMN action_plans.requests IS 'JSON, in order; the row is gone when all is done or undone';
COMMENT ON COLUMN action_plans.state IS 'doing | undoing';
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON action_plans TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Make the table. Forward only: the record has no way back."""
    op.execute(PLANS)
    op.execute(GRANTS)
