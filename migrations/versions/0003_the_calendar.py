"""What the calendar needs beyond a diary: places, holidays, capacity, holds, wait lists, customers, knowledge."""

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

CHANGES = """
CREATE EXTENSION IF NOT EXISTS pg_trgm;

ALTER TABLE services
    ADD COLUMN buffer_before INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN buffer_after INTEGER DEFAULT 0 NOT NULL,
    ADD COLUMN every INTEGER DEFAULT 30 NOT NULL,
    ADD COLUMN capacity INTEGER DEFAULT 1 NOT NULL,
    ADD COLUMN change_hours INTEGER DEFAULT 0 NOT NULL,
    ADD CONSTRAINT ck_services_buffers
        CHECK (buffer_before between 0 and 1440 and buffer_after between 0 and 1440),
    ADD CONSTRAINT ck_services_every CHECK (every between 5 and 1440),
    ADD CONSTRAINT ck_services_capacity CHECK (capacity between 1 and 1000),
    ADD CONSTRAINT ck_services_change_hours CHECK (change_hours >= 0);
COMMENT ON COLUMN services.buffer_before IS 'minutes kept free before';
COMMENT ON COLUMN services.buffer_after IS 'minutes kept free after';
COMMENT ON COLUMN services.every IS 'minutes between starts, from opening';
COMMENT ON COLUMN services.capacity IS 'who shares one session; 1 = nobody';
COMMENT ON COLUMN services.change_hours IS 'latest change before the start';

ALTER TABLE resources
    ADD COLUMN place TEXT,
    ADD COLUMN capacity INTEGER DEFAULT 1 NOT NULL,
    ADD CONSTRAINT ck_resources_capacity CHECK (capacity between 1 and 1000);
COMMENT ON COLUMN resources.capacity IS 'seats: bookings at one time';

ALTER TABLE opening_hours
    ADD COLUMN place TEXT DEFAULT '' NOT NULL,
    ADD COLUMN resource TEXT DEFAULT '' NOT NULL,
    DROP CONSTRAINT pk_opening_hours,
    DROP CONSTRAINT ck_opening_hours_order,
    ADD CONSTRAINT pk_opening_hours PRIMARY KEY (business, place, resource, weekday, opens);
COMMENT ON COLUMN opening_hours.place IS 'empty = every place without hours of its own';
COMMENT ON COLUMN opening_hours.resource IS 'empty = every resource likewise';
COMMENT ON COLUMN opening_hours.opens IS 'local to the place';
COMMENT ON COLUMN opening_hours.closes IS 'on the next day when not after opens';

ALTER TABLE bookings
    ADD COLUMN busy_from TIMESTAMP WITH TIME ZONE,
    ADD COLUMN busy_until TIMESTAMP WITH TIME ZONE,
    ADD COLUMN seat INTEGER DEFAULT 1 NOT NULL,
    ADD COLUMN session TEXT DEFAULT '' NOT NULL,
    ADD COLUMN held_until TIMESTAMP WITH TIME ZONE,
    ADD COLUMN email TEXT DEFAULT '' NOT NULL,
    ADD COLUMN date_of_birth DATE,
    ADD COLUMN changed_at TIMESTAMP WITH TIME ZONE;
UPDATE bookings SET busy_from = starts_at, busy_until = ends_at;
ALTER TABLE bookings
    ALTER COLUMN busy_from SET NOT NULL,
    ALTER COLUMN busy_until SET NOT NULL,
    DROP CONSTRAINT ex_bookings_one_at_a_time,
    DROP CONSTRAINT ck_bookings_status,
    ADD CONSTRAINT ck_bookings_status CHECK (status in ('held', 'booked', 'cancelled')),
    ADD CONSTRAINT ck_bookings_busy CHECK (busy_from <= starts_at and busy_until >= ends_at),
    ADD CONSTRAINT ck_bookings_held_until CHECK ((status = 'held') = (held_until is not null)),
    ADD CONSTRAINT ex_bookings_one_per_seat EXCLUDE USING gist (business WITH =, resource WITH =, seat WITH =,
        tstzrange(busy_from, busy_until, '[)') WITH &&) WHERE (status in ('held', 'booked')),
    ADD CONSTRAINT ex_bookings_one_session EXCLUDE USING gist (business WITH =, resource WITH =, session WITH <>,
        tstzrange(busy_from, busy_until, '[)') WITH &&) WHERE (status in ('held', 'booked'));
CREATE INDEX ix_bookings_phone ON bookings (business, phone, starts_at);
CREATE INDEX ix_bookings_held ON bookings (call) WHERE status = 'held';
COMMENT ON COLUMN bookings.status IS 'held | booked | cancelled';
COMMENT ON COLUMN bookings.busy_from IS 'starts_at less the buffer before';
COMMENT ON COLUMN bookings.busy_until IS 'ends_at and the buffer after';
COMMENT ON COLUMN bookings.session IS 'shared by a group; empty = one of its own';
COMMENT ON COLUMN bookings.held_until IS 'set while held; past it, the row counts for nothing';

ALTER TABLE callbacks ADD COLUMN wanted_at TIMESTAMP WITH TIME ZONE;
COMMENT ON COLUMN callbacks.wanted_at IS 'when the caller asked to be called; empty = as soon as possible';
"""

TABLES = """
CREATE TABLE places (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    timezone TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_places PRIMARY KEY (business, id)
);
COMMENT ON COLUMN places.timezone IS 'IANA; empty = that of the line';

CREATE TABLE closures (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    place TEXT DEFAULT '' NOT NULL,
    resource TEXT DEFAULT '' NOT NULL,
    starts_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    ends_at TIMESTAMP WITHOUT TIME ZONE NOT NULL,
    reason TEXT DEFAULT '' NOT NULL,
    source TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_closures PRIMARY KEY (business, id),
    CONSTRAINT ck_closures_order CHECK (ends_at > starts_at)
);
CREATE INDEX ix_closures_end ON closures (business, ends_at);
COMMENT ON COLUMN closures.place IS 'empty = all';
COMMENT ON COLUMN closures.resource IS 'empty = all';
COMMENT ON COLUMN closures.starts_at IS 'local to the place';
COMMENT ON COLUMN closures.ends_at IS 'local to the place, excluded';
COMMENT ON COLUMN closures.source IS 'the calendar file it came from';

CREATE TABLE customers (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    email TEXT DEFAULT '' NOT NULL,
    date_of_birth DATE,
    postcode TEXT DEFAULT '' NOT NULL,
    CONSTRAINT pk_customers PRIMARY KEY (business, id)
);
CREATE INDEX ix_customers_phone ON customers (business, phone);
COMMENT ON COLUMN customers.phone IS 'E.164';

CREATE TABLE wait_list (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    service TEXT NOT NULL,
    place TEXT DEFAULT '' NOT NULL,
    date DATE NOT NULL,
    name TEXT NOT NULL,
    phone TEXT NOT NULL,
    status TEXT NOT NULL,
    offered_start TIMESTAMP WITH TIME ZONE,
    offered_at TIMESTAMP WITH TIME ZONE,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_wait_list PRIMARY KEY (number),
    CONSTRAINT uq_wait_list_key UNIQUE (key),
    CONSTRAINT fk_wait_list_services FOREIGN KEY(business, service) REFERENCES services (business, id),
    CONSTRAINT ck_wait_list_status CHECK (status in ('waiting', 'offered', 'taken'))
);
CREATE INDEX ix_wait_list_open ON wait_list (business, date, created_at) WHERE status <> 'taken';
COMMENT ON COLUMN wait_list.place IS 'empty = any';
COMMENT ON COLUMN wait_list.date IS 'local to the place';
COMMENT ON COLUMN wait_list.phone IS 'E.164';
COMMENT ON COLUMN wait_list.status IS 'waiting | offered | taken';
COMMENT ON COLUMN wait_list.offered_start IS 'the time that became free';

CREATE TABLE verification_attempts (
    key TEXT NOT NULL,
    business TEXT NOT NULL,
    call TEXT NOT NULL,
    caller TEXT NOT NULL,
    claim TEXT NOT NULL,
    outcome TEXT NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    level TEXT DEFAULT '' NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_verification_attempts PRIMARY KEY (key),
    CONSTRAINT ck_verification_attempts_outcome CHECK (outcome in ('verified', 'failed', 'locked'))
);
CREATE INDEX ix_verification_attempts_caller ON verification_attempts (business, caller, created_at);
CREATE INDEX ix_verification_attempts_claim ON verification_attempts (business, claim, created_at);
COMMENT ON COLUMN verification_attempts.key IS 'idempotency key: one attempt counts once';
COMMENT ON COLUMN verification_attempts.caller IS 'number of the caller; id of the call when it is withheld';
COMMENT ON COLUMN verification_attempts.claim IS 'SHA-256, hex, of the record claimed, whether or not it exists';
COMMENT ON COLUMN verification_attempts.outcome IS 'verified | failed | locked';

CREATE TABLE one_time_codes (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    caller TEXT NOT NULL,
    claim TEXT NOT NULL,
    subject TEXT DEFAULT '' NOT NULL,
    salt TEXT DEFAULT '' NOT NULL,
    digest TEXT DEFAULT '' NOT NULL,
    expires_at TIMESTAMP WITH TIME ZONE,
    tries INTEGER DEFAULT '0' NOT NULL,
    used_at TIMESTAMP WITH TIME ZONE,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_one_time_codes PRIMARY KEY (number),
    CONSTRAINT uq_one_time_codes_key UNIQUE (key)
);
CREATE INDEX ix_one_time_codes_call ON one_time_codes (call);
CREATE INDEX ix_one_time_codes_caller ON one_time_codes (business, caller, created_at);
CREATE INDEX ix_one_time_codes_claim ON one_time_codes (business, claim, created_at);
COMMENT ON COLUMN one_time_codes.caller IS 'number of the caller; id of the call when it is withheld';
COMMENT ON COLUMN one_time_codes.claim IS 'SHA-256, hex, of the number claimed';
COMMENT ON COLUMN one_time_codes.subject IS 'empty: there is no such record';
COMMENT ON COLUMN one_time_codes.digest IS 'PBKDF2-SHA-256, hex; empty until it is sent';
COMMENT ON COLUMN one_time_codes.expires_at IS 'ten minutes after it was sent';

CREATE TABLE balances (
    business TEXT NOT NULL,
    customer TEXT NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    currency TEXT NOT NULL,
    due_on DATE NOT NULL,
    CONSTRAINT pk_balances PRIMARY KEY (business, customer),
    CONSTRAINT fk_balances_customers FOREIGN KEY(business, customer)
        REFERENCES customers (business, id) ON DELETE CASCADE,
    CONSTRAINT ck_balances_amount CHECK (amount >= 0)
);
COMMENT ON COLUMN balances.currency IS 'ISO 4217';

CREATE TABLE payment_promises (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    customer TEXT NOT NULL,
    amount NUMERIC(12, 2) NOT NULL,
    currency TEXT NOT NULL,
    promised_on DATE NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_payment_promises PRIMARY KEY (number),
    CONSTRAINT uq_payment_promises_key UNIQUE (key),
    CONSTRAINT fk_payment_promises_customers FOREIGN KEY(business, customer)
        REFERENCES customers (business, id) ON DELETE CASCADE,
    CONSTRAINT ck_payment_promises_amount CHECK (amount > 0),
    CONSTRAINT ck_payment_promises_status CHECK (status in ('open', 'kept', 'broken', 'withdrawn'))
);
COMMENT ON COLUMN payment_promises.currency IS 'ISO 4217';
COMMENT ON COLUMN payment_promises.promised_on IS 'the day it is to be paid';
COMMENT ON COLUMN payment_promises.status IS 'open | kept | broken | withdrawn';

CREATE TABLE knowledge (
    business TEXT NOT NULL,
    id TEXT NOT NULL,
    question TEXT NOT NULL,
    phrasings TEXT DEFAULT '' NOT NULL,
    answer TEXT NOT NULL,
    citation TEXT NOT NULL,
    owner TEXT NOT NULL,
    reviewed_on DATE NOT NULL,
    review_by DATE NOT NULL,
    search TSVECTOR GENERATED ALWAYS AS (to_tsvector('english', question || ' ' || phrasings)) STORED,
    CONSTRAINT pk_knowledge PRIMARY KEY (business, id),
    CONSTRAINT ck_knowledge_review CHECK (review_by > reviewed_on)
);
CREATE INDEX ix_knowledge_letters ON knowledge USING gin (question gin_trgm_ops);
CREATE INDEX ix_knowledge_search ON knowledge USING gin (search);
COMMENT ON COLUMN knowledge.phrasings IS 'other ways to ask it, a line each';
COMMENT ON COLUMN knowledge.answer IS 'as it is spoken';
COMMENT ON COLUMN knowledge.citation IS 'where it stands';
COMMENT ON COLUMN knowledge.owner IS 'who answers for it';
COMMENT ON COLUMN knowledge.review_by IS 'from this day on it is not spoken any more';

CREATE TABLE unanswered_questions (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    question TEXT NOT NULL,
    nearest TEXT DEFAULT '' NOT NULL,
    status TEXT NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_unanswered_questions PRIMARY KEY (number),
    CONSTRAINT uq_unanswered_questions_key UNIQUE (key),
    CONSTRAINT ck_unanswered_questions_status CHECK (status in ('open', 'answered'))
);
CREATE INDEX ix_unanswered_questions_open ON unanswered_questions (business, created_at) WHERE status = 'open';
COMMENT ON COLUMN unanswered_questions.nearest IS 'the answer that was close, or out of date';
COMMENT ON COLUMN unanswered_questions.status IS 'open | answered';

CREATE TABLE survey_answers (
    number TEXT NOT NULL,
    business TEXT NOT NULL,
    score INTEGER NOT NULL,
    comment TEXT DEFAULT '' NOT NULL,
    call TEXT NOT NULL,
    key TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_survey_answers PRIMARY KEY (number),
    CONSTRAINT uq_survey_answers_key UNIQUE (key),
    CONSTRAINT ck_survey_answers_score CHECK (score between 0 and 10)
);
CREATE INDEX ix_survey_answers_day ON survey_answers (business, created_at);

CREATE TABLE outbox (
    id BIGINT GENERATED ALWAYS AS IDENTITY,
    business TEXT NOT NULL,
    kind TEXT NOT NULL,
    subject TEXT NOT NULL,
    body TEXT NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sent_at TIMESTAMP WITH TIME ZONE,
    attempts INTEGER DEFAULT '0' NOT NULL,
    CONSTRAINT pk_outbox PRIMARY KEY (id)
);
CREATE INDEX ix_outbox_waiting ON outbox (id) WHERE sent_at is null;
COMMENT ON COLUMN outbox.kind IS 'what happened, such as booking.created';
COMMENT ON COLUMN outbox.subject IS 'the code or number of the row it happened to';
COMMENT ON COLUMN outbox.body IS 'canonical JSON without names, numbers or addresses of people';

ALTER TABLE resources ADD CONSTRAINT fk_resources_places
    FOREIGN KEY (business, place) REFERENCES places (business, id);
"""

GRANTS = """
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_roles WHERE rolname = 'switchboard_app') THEN
        GRANT SELECT, INSERT, UPDATE, DELETE
            ON places, closures, customers, wait_list, one_time_codes, balances, payment_promises, knowledge,
               unanswered_questions, outbox
            TO switchboard_app;
        GRANT SELECT, INSERT ON verification_attempts, survey_answers TO switchboard_app;
    END IF;
END $$;
"""


def upgrade() -> None:
    """Change the diary's tables, and make the new ones."""
    op.execute(CHANGES)
    op.execute(TABLES)
    op.execute(GRANTS)
