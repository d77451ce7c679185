"""What the scripts' actions work on: diaries, bookings, callbacks, messages, tickets, orders and receipts."""

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

TABLES = """
CREATE EXTENSION IF NOT EXISTS btree_gist;

CREATE TABLE callbacks (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    phone TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_callbacks PRIMARY KEY (number),
    CONSTRAINT uq_callbacks_key UNIQUE (key),
    CONSTRAINT ck_callbacks_status CHECK (status in ('open', 'done'))
);
CREATE INDEX ix_callbacks_open ON callbacks (business, created_at) WHERE status = 'open';
COMMENT ON COLUMN callbacks.phone IS 'E.164';
COMMENT ON COLUMN callbacks.status IS 'open | done';

CREATE TABLE messages (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    phone TEXT DEFAULT '' NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    message TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_messages PRIMARY KEY (number),
    CONSTRAINT uq_messages_key UNIQUE (key)
);
CREATE INDEX ix_messages_day ON messages (business, created_at);
COMMENT ON COLUMN messages.phone IS 'E.164, or empty';

CREATE TABLE opening_hours (
    business TEXT NOT NULL,
    weekday SMALLINT NOT NULL,
    opens TIME WITHOUT TIME ZONE NOT NULL,
    closes TIME WITHOUT TIME ZONE NOT NULL,
    CONSTRAINT pk_opening_hours PRIMARY KEY (business, weekday, opens),
    CONSTRAINT ck_opening_hours_weekday CHECK (weekday between 0 and 6),
    CONSTRAINT ck_opening_hours_order CHECK (closes > opens)
);
COMMENT ON COLUMN opening_hours.weekday IS '0 = Monday';
COMMENT ON COLUMN opening_hours.opens IS 'local to the line';

CREATE TABLE orders (
    business TEXT NOT NULL,
    code TEXT NOT NULL,
    status TEXT NOT NULL,
    expected_on DATE,
    CONSTRAINT pk_orders PRIMARY KEY (business, code),
    CONSTRAINT ck_orders_status CHECK (status in ('received', 'packed', 'shipped', 'delivered', 'cancelled'))
);
COMMENT ON COLUMN orders.status IS 'received | packed | shipped | delivered | cancelled';
COMMENT ON COLUMN orders.expected_on IS 'local to the line';

CREATE TABLE receipts (
    key TEXT NOT NULL,
    business TEXT NOT NULL,
    call TEXT NOT NULL,
    action TEXT NOT NULL,
    result TEXT NOT NULL,
    digest TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_receipts PRIMARY KEY (key)
);
CREATE INDEX ix_receipts_call ON receipts (call);
COMMENT ON COLUMN receipts.key IS 'idempotency key';
COMMENT ON COLUMN receipts.result IS 'canonical JSON, kept as text so that its digest stays true';
COMMENT ON COLUMN receipts.digest IS 'SHA-256, hex, of canonical {action, result}';

CREATE TABLE resources (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    CONSTRAINT pk_resources PRIMARY KEY (business, id)
);

CREATE TABLE services (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    minutes INTEGER NOT NULL,
    CONSTRAINT pk_services PRIMARY KEY (business, id),
    CONSTRAINT ck_services_minutes CHECK (minutes between 1 and 1440)
);
COMMENT ON COLUMN services.minutes IS 'length of one appointment';

CREATE TABLE tickets (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    problem TEXT NOT NULL,
    phone TEXT NOT NULL,
    name TEXT DEFAULT '' NOT NULL,
    order_code TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_tickets PRIMARY KEY (number),
    CONSTRAINT uq_tickets_key UNIQUE (key),
    CONSTRAINT ck_tickets_status CHECK (status in ('open', 'closed'))
);
CREATE INDEX ix_tickets_open ON tickets (business, created_at) WHERE status = 'open';
COMMENT ON COLUMN tickets.phone IS 'E.164';
COMMENT ON COLUMN tickets.status IS 'open | closed';

CREATE TABLE bookings (
    code TEXT NOT NULL,
    business TEXT NOT NULL,
    service TEXT NOT NULL,
    resource TEXT NOT NULL,
    starts_at TIMESTAMP WITH TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITH TIME ZONE NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_bookings PRIMARY KEY (code),
    CONSTRAINT uq_bookings_key UNIQUE (key),
    CONSTRAINT fk_bookings_services FOREIGN KEY(business, service)
        REFERENCES services (business, id),
    CONSTRAINT fk_bookings_resources FOREIGN KEY(business, resource)
        REFERENCES resources (business, id),
    CONSTRAINT ck_bookings_order CHECK (ends_at > starts_at),
    CONSTRAINT ck_bookings_status CHECK (status in ('booked', 'cancelled')),
    CONSTRAINT ex_bookings_one_at_a_time EXCLUDE USING gist (business WITH =, resource WITH =,
        tstzrange(starts_at, ends_at, '[)') WITH &&) WHERE (status = 'booked')
);
CREATE INDEX ix_bookings_day ON bookings (business, starts_at);
COMMENT ON COLUMN bookings.phone IS 'E.164';
COMMENT ON COLUMN bookings.status IS 'booked | cancelled';
COMMENT ON COLUMN bookings.key IS 'idempotency key of the receipt written with it';

CREATE TABLE resource_services (
    business TEXT NOT NULL,
    resource TEXT NOT NULL,
    service TEXT NOT NULL,
    CONSTRAINT pk_resource_services PRIMARY KEY (business, resource, service),
    CONSTRAINT fk_resource_services_resources FOREIGN KEY(business, resource)
        REFERENCES resources (business, id) ON DELETE CASCADE,
    CONSTRAINT fk_resource_services_services FOREIGN KEY(business, service)
        REFERENCES services (business, id) ON DELETE CASCADE
);
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE
            ON services, resources, resource_services, opening_hours, bookings, callbacks, messages, tickets, orders
            TO switchboard_app;
        GRANT SELECT, INSERT ON receipts TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Make the tables."""
    op.execute(TABLES)
    op.execute(GRANTS)
