"""Script versions, their traffic, and orders between processes."""

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE call_sockets (
    call TEXT NOT NULL,
    generation BIGINT NOT NULL,
    opened_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT call_sockets_pkey PRIMARY KEY (call)
);
CREATE INDEX call_sockets_by_time ON call_sockets (opened_at);

CREATE TABLE call_orders (
    id TEXT NOT NULL,
    call TEXT NOT NULL,
    author TEXT NOT NULL,
    kind TEXT NOT NULL,
    body TEXT NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    deadline TIMESTAMP WITH TIME ZONE NOT NULL,
    state TEXT NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    CONSTRAINT call_orders_pkey PRIMARY KEY (id),
    CONSTRAINT call_orders_kind CHECK (kind IN ('say', 'hand_over', 'end', 'line_over')),
    CONSTRAINT call_orders_state CHECK (state IN ('given', 'taken', 'accepted', 'refused', 'expired'))
);
-- the owner of a call looks for what nobody has taken yet; there are never many
CREATE INDEX call_orders_given ON call_orders (call) WHERE state = 'given';

CREATE TABLE script_versions (
    name TEXT NOT NULL,
    digest TEXT NOT NULL,
    content TEXT NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    drafted_at TIMESTAMP WITH TIME ZONE NOT NULL,
    number BIGINT GENERATED ALWAYS AS IDENTITY,
    CONSTRAINT script_versions_pkey PRIMARY KEY (name, digest),
    CONSTRAINT script_versions_digest CHECK (digest ~ '^[0-9a-f]{64}$')
);

CREATE TABLE script_releases (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    digest TEXT NOT NULL,
    other TEXT DEFAULT '' NOT NULL,
    percent INTEGER DEFAULT 0 NOT NULL,
    author TEXT NOT NULL,
    reason TEXT NOT NULL,
    released_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT script_releases_pkey PRIMARY KEY (id),
    CONSTRAINT script_releases_kind CHECK (kind IN ('publish', 'rollback', 'split', 'withdraw')),
    CONSTRAINT script_releases_percent CHECK (percent BETWEEN 0 AND 100)
);
-- what counts now is the newest row of a name
CREATE INDEX script_releases_newest ON script_releases (name, id);
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE ON call_sockets, call_orders TO switchboard_app;
        -- versions and releases are history: nobody who serves may change them
        GRANT SELECT, INSERT ON script_versions, script_releases TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Make the tables. Forward only: the record has no way back."""
    op.execute(TABLES)
    op.execute(GRANTS)
