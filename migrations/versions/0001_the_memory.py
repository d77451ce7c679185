"""The memory: events that cannot be changed, who may append, and what is folded from them."""

from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

TABLES = """
CREATE TABLE events (
    tenant          text NOT NULL,
    stream          text NOT NULL,
    seq             bigint NOT NULL,
    epoch           bigint NOT NULL,
    at_ms           double precision NOT NULL,
    name            text NOT NULL,
    schema_version  integer NOT NULL,
    body            bytea NOT NULL,
    body_codec      text NOT NULL,
    key_id          text NOT NULL,
    prev            text NOT NULL,
    leaf            text NOT NULL,
    PRIMARY KEY (stream, seq),
    CONSTRAINT events_seq_from_one CHECK (seq >= 1),
    CONSTRAINT events_epoch_from_one CHECK (epoch >= 1),
    CONSTRAINT events_digests CHECK (prev ~ '^[0-9a-f]{64}$' AND leaf ~ '^[0-9a-f]{64}$')
);

CREATE TABLE stream_owners (
    stream      text PRIMARY KEY,
    tenant      text NOT NULL,
    epoch       bigint NOT NULL,
    worker      text NOT NULL,
    claimed_at  timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL
);

CREATE TABLE calls (
    call         text PRIMARY KEY,
    tenant       text NOT NULL,
    line         text NOT NULL,
    carrier      text NOT NULL,
    caller       text NOT NULL,
    called       text NOT NULL,
    started_at   timestamptz NOT NULL,
    ended_at     timestamptz,
    duration_ms  double precision,
    disposition  text NOT NULL,
    reason       text NOT NULL
);
CREATE INDEX calls_by_start ON calls (started_at, call);
CREATE INDEX calls_by_line ON calls (line, started_at, call);

CREATE TABLE recordings (
    call         text PRIMARY KEY,
    path         text NOT NULL,
    digest       text NOT NULL,
    duration_ms  double precision
);

CREATE TABLE api_tokens (
    id          text PRIMARY KEY,
    digest      text NOT NULL,
    scopes      text[] NOT NULL,
    label       text NOT NULL,
    created_at  timestamptz NOT NULL,
    expires_at  timestamptz,
    revoked_at  timestamptz
);

CREATE TABLE line_pauses (
    line   text PRIMARY KEY,
    kind   text NOT NULL,
    value  text NOT NULL,
    since  timestamptz NOT NULL,
    CONSTRAINT line_pauses_kind CHECK (kind IN ('to', 'message'))
);
"""

# The writer sorts out stale streams before it inserts; this is for everybody who is not our writer. The row of
# stream_owners is share-locked, so a claim and an append of the owner before it cannot overlap.
GUARDS = """
CREATE FUNCTION events_must_follow() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    owner_epoch  bigint;
    last_epoch   bigint;
    last_leaf    text;
BEGIN
    SELECT epoch INTO owner_epoch FROM stream_owners WHERE stream = NEW.stream FOR SHARE;
    IF owner_epoch IS NULL OR owner_epoch <> NEW.epoch THEN
        RAISE EXCEPTION 'stale epoch: % is at epoch %, event % came with %',
            NEW.stream, coalesce(owner_epoch::text, 'none'), NEW.seq, NEW.epoch
            USING ERRCODE = 'SB001';
    END IF;
    IF NEW.seq = 1 THEN
        last_leaf := repeat('0', 64);
    ELSE
        SELECT leaf INTO last_leaf FROM events WHERE stream = NEW.stream AND seq = NEW.seq - 1;
    END IF;
    IF last_leaf IS NULL OR last_leaf <> NEW.prev THEN
        RAISE EXCEPTION 'event % of % does not follow from the one before it', NEW.seq, NEW.stream
            USING ERRCODE = 'SB002';
    END IF;
    RETURN NEW;
END $$;

CREATE TRIGGER events_must_follow BEFORE INSERT ON events
    FOR EACH ROW EXECUTE FUNCTION events_must_follow();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_must_follow;

CREATE FUNCTION events_are_final() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'events are append-only: % refused', TG_OP USING ERRCODE = 'SB003';
END $$;

CREATE TRIGGER events_are_final BEFORE UPDATE OR DELETE OR TRUNCATE ON events
    FOR EACH STATEMENT EXECUTE FUNCTION events_are_final();
ALTER TABLE events ENABLE ALWAYS TRIGGER events_are_final;
"""

# Roles belong to the cluster, not to the database: another database may have made this one, and an owner
# without CREATEROLE cannot. Then the grants are left out, and serving goes on under the owner's own role.
ROLE = """
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        BEGIN
            CREATE ROLE switchboard_app NOLOGIN;
        EXCEPTION
            WHEN insufficient_privilege THEN
                RAISE NOTICE 'this role may not create roles; ask for: CREATE ROLE switchboard_app NOLOGIN';
            WHEN duplicate_object OR unique_violation THEN
                NULL;
        END;
    END IF;
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        BEGIN
            IF NOT pg_has_role(current_user, 'switchboard_app', 'MEMBER') THEN
                EXECUTE format('GRANT switchboard_app TO %I', current_user);
            END IF;
        EXCEPTION WHEN insufficient_privilege THEN
            RAISE NOTICE 'this role is no member of switchboard_app';
        END;
        EXECUTE format('GRANT USAGE ON SCHEMA %I TO switchboard_app', current_schema());
        GRANT SELECT, INSERT ON events TO switchboard_app;
        GRANT SELECT, INSERT, UPDATE ON stream_owners TO switchboard_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON calls, recordings, line_pauses TO switchboard_app;
        GRANT SELECT, INSERT, UPDATE ON api_tokens TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Make the tables, their guards and the serving role."""
    for statements in (TABLES, GUARDS, ROLE):
        op.execute(statements)
