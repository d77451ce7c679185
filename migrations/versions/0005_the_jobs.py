"""Outbox, webhooks, messages sent and the consent they need."""

from pathlib import Path

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

QUEUE = Path(__file__).parents[1] / "procrastinate_3_10.sql"
"""The queue's own schema, as its release 3.10 ships it (MIT, see NOTICE): a newer release comes with a migration."""

TABLES = """
CREATE TABLE consents (
    business TEXT NOT NULL,
    phone TEXT NOT NULL,
    channel TEXT NOT NULL,
    scope TEXT NOT NULL,
    given_at TIMESTAMP WITH TIME ZONE NOT NULL,
    call TEXT NOT NULL,
    withdrawn_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_consents PRIMARY KEY (business, phone, channel, scope),
    CONSTRAINT ck_consents_channel CHECK (channel in ('sms'))
);
COMMENT ON COLUMN consents.phone IS 'E.164';
COMMENT ON COLUMN consents.channel IS 'sms';
COMMENT ON COLUMN consents.scope IS 'what may be sent: booking';
COMMENT ON COLUMN consents.call IS 'in which it was given';

CREATE TABLE text_stops (
    phone TEXT NOT NULL,
    since TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_text_stops PRIMARY KEY (phone)
);
COMMENT ON COLUMN text_stops.phone IS 'E.164; no business texts it';

CREATE TABLE webhook_endpoints (
    id TEXT NOT NULL,
    business TEXT DEFAULT '' NOT NULL,
    url TEXT NOT NULL,
    secret TEXT NOT NULL,
    events TEXT[] NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    removed_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_webhook_endpoints PRIMARY KEY (id)
);
COMMENT ON COLUMN webhook_endpoints.business IS 'empty = all';
COMMENT ON COLUMN webhook_endpoints.secret IS 'whsec_ and base64, shared with the receiver';
COMMENT ON COLUMN webhook_endpoints.events IS 'empty = all';

CREATE TABLE deliveries (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    outbox BIGINT NOT NULL,
    channel TEXT NOT NULL,
    target TEXT DEFAULT '' NOT NULL,
    run INTEGER DEFAULT '0' NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER DEFAULT '0' NOT NULL,
    due_at TIMESTAMP WITH TIME ZONE NOT NULL,
    queued_at TIMESTAMP WITH TIME ZONE,
    settled_at TIMESTAMP WITH TIME ZONE,
    reason TEXT DEFAULT '' NOT NULL,
    recipient TEXT DEFAULT '' NOT NULL,
    reference TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_deliveries PRIMARY KEY (id),
    CONSTRAINT uq_deliveries_outbox_channel_target_run UNIQUE (outbox, channel, target, run),
    CONSTRAINT fk_deliveries_outbox FOREIGN KEY(outbox) REFERENCES outbox (id) ON DELETE CASCADE,
    CONSTRAINT ck_deliveries_channel CHECK (channel in ('sms', 'email', 'webhook')),
    CONSTRAINT ck_deliveries_state
        CHECK (state in ('waiting', 'queued', 'sending', 'sent', 'not_sent', 'dead'))
);
CREATE INDEX ix_deliveries_due ON deliveries (due_at) WHERE state = 'waiting';
CREATE INDEX ix_deliveries_under_way ON deliveries (queued_at) WHERE state in ('queued', 'sending');
CREATE INDEX ix_deliveries_recipient ON deliveries (recipient, queued_at) WHERE recipient <> '';
CREATE INDEX ix_deliveries_reference ON deliveries (reference) WHERE reference <> '';
COMMENT ON COLUMN deliveries.channel IS 'sms | email | webhook';
COMMENT ON COLUMN deliveries.target IS 'the endpoint of a webhook';
COMMENT ON COLUMN deliveries.run IS 'above 0: sent again on request';
COMMENT ON COLUMN deliveries.state IS 'waiting | queued | sending | sent | not_sent | dead';
COMMENT ON COLUMN deliveries.reason IS 'why it failed or was not sent';
COMMENT ON COLUMN deliveries.recipient IS 'SHA-256, hex, of a number: for rates';
COMMENT ON COLUMN deliveries.reference IS 'the carrier''s id of it';
"""

ANNOUNCED = """
-- A call is announced once, also when the call log is made anew from the events.
CREATE UNIQUE INDEX ux_outbox_call ON outbox (kind, subject) WHERE kind in ('call.started', 'call.ended');

CREATE FUNCTION announce_call() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    IF TG_OP = 'INSERT' THEN
        INSERT INTO outbox (business, kind, subject, body, created_at)
            VALUES ('', 'call.started', NEW.call, json_build_object('line', NEW.line)::text, NEW.started_at)
            ON CONFLICT DO NOTHING;
    ELSE
        INSERT INTO outbox (business, kind, subject, body, created_at)
            VALUES ('', 'call.ended', NEW.call, json_build_object('line', NEW.line)::text, NEW.ended_at)
            ON CONFLICT DO NOTHING;
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER announce_start AFTER INSERT ON calls FOR EACH ROW EXECUTE FUNCTION announce_call();
CREATE TRIGGER announce_end AFTER UPDATE OF ended_at ON calls FOR EACH ROW
    WHEN (OLD.ended_at IS NULL AND NEW.ended_at IS NOT NULL) EXECUTE FUNCTION announce_call();

-- An event has its place in the call, not the time of day: that is the call's start and the way since.
CREATE FUNCTION announce_change() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    answered TIMESTAMP WITH TIME ZONE;
    line_id TEXT;
BEGIN
    SELECT started_at, line INTO answered, line_id FROM calls WHERE call = substr(NEW.stream, 6);
    IF answered IS NULL THEN
        -- The first events of a call come in one transaction, and the call log follows them.
        SELECT (content ->> 'answered_at')::timestamptz, content ->> 'line' INTO answered, line_id
            FROM (SELECT convert_from(body, 'UTF8')::jsonb AS content FROM events
                  WHERE stream = NEW.stream AND name = 'call.answered' AND body_codec = 'plain' LIMIT 1) AS first;
    END IF;
    IF answered IS NOT NULL THEN
        INSERT INTO outbox (business, kind, subject, body, created_at) VALUES (
            '', 'call.updated', substr(NEW.stream, 6),
            json_build_object('at_ms', NEW.at_ms, 'change', NEW.name, 'line', line_id, 'seq', NEW.seq)::text,
            answered + NEW.at_ms * interval '1 millisecond');
    END IF;
    RETURN NULL;
END $$;
CREATE TRIGGER announce_change AFTER INSERT ON events FOR EACH ROW
    WHEN (NEW.name IN ('action.committed', 'caller.verified', 'carrier.lost', 'danger.heard', 'handover.requested',
                       'handover.answered', 'handover.failed', 'outcome.reached') AND NEW.stream LIKE 'call:%')
    EXECUTE FUNCTION announce_change();

-- Whoever sends wakes up when there is something to send.
CREATE FUNCTION wake_relay() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    PERFORM pg_notify('switchboard_outbox', '');
    RETURN NULL;
END $$;
CREATE TRIGGER wake_relay AFTER INSERT ON outbox FOR EACH STATEMENT EXECUTE FUNCTION wake_relay();
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        GRANT SELECT, INSERT, UPDATE ON consents, webhook_endpoints, deliveries TO switchboard_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON text_stops TO switchboard_app;
        GRANT USAGE ON SCHEMA jobs TO switchboard_app;
        GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA jobs TO switchboard_app;
        GRANT USAGE ON ALL SEQUENCES IN SCHEMA jobs TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Make the tables, and the queue in a schema of its own. Forward only: the record has no way back."""
    op.execute(TABLES)
    # Straight to the driver: it leaves a percent sign and a colon alone when there are no parameters.
    driver = op.get_bind().connection.driver_connection
    driver.execute(ANNOUNCED)
    driver.execute("CREATE SCHEMA jobs; SET LOCAL search_path TO jobs;" + QUEUE.read_text(encoding="utf-8"))
    driver.execute("RESET search_path")
    driver.execute(GRANTS)
