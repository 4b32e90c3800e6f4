-- What Kafka needs, in and out. Every statement can be repeated.

-- A parked record: whose it is and how often it was tried. One that is held waits for something
-- that has not arrived: it is tried again when its account moves on, until `held_until`.
ALTER TABLE ledger.parked
    ADD COLUMN IF NOT EXISTS source text,
    ADD COLUMN IF NOT EXISTS message text,
    ADD COLUMN IF NOT EXISTS account uuid,
    ADD COLUMN IF NOT EXISTS tries integer NOT NULL DEFAULT 1,
    ADD COLUMN IF NOT EXISTS held_until timestamptz,
    ADD COLUMN IF NOT EXISTS held_at_version bigint,
    ADD COLUMN IF NOT EXISTS held_for text,
    ADD COLUMN IF NOT EXISTS dropped_at timestamptz,
    ADD COLUMN IF NOT EXISTS announced_at timestamptz;
COMMENT ON COLUMN ledger.parked.source IS 'Of the message, with its id in `message`; null when they could not be read.';
COMMENT ON COLUMN ledger.parked.held_at_version IS 'The account''s version when the record was last tried.';
COMMENT ON COLUMN ledger.parked.held_for IS 'The reservation or use that it names: later records about it wait behind.';
COMMENT ON COLUMN ledger.parked.tries IS 'How often it was tried; a try is written only if this did not change since it was read.';
COMMENT ON COLUMN ledger.parked.announced_at IS 'When it was published as parked; null while it still has to be.';
CREATE INDEX IF NOT EXISTS parked_held ON ledger.parked (account) WHERE held_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS parked_held_until ON ledger.parked (held_until) WHERE held_until IS NOT NULL;
CREATE INDEX IF NOT EXISTS parked_of_message ON ledger.parked (source, message) WHERE source IS NOT NULL;
CREATE INDEX IF NOT EXISTS parked_unannounced ON ledger.parked (id) WHERE announced_at IS NULL AND held_until IS NULL;

-- Receipts in the order of their commits, for the replies to publishers; those from before have no
-- number. They are written under the lock of the events, so no lower number comes after a higher one.
CREATE SEQUENCE IF NOT EXISTS ledger.receipts_number_seq;
ALTER TABLE ledger.receipts ADD COLUMN IF NOT EXISTS number bigint;
ALTER TABLE ledger.receipts ALTER COLUMN number SET DEFAULT nextval('ledger.receipts_number_seq');
DO $body$
DECLARE
    partition regclass;
BEGIN
    -- A partition has a default of its own.
    FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'ledger.receipts'::regclass LOOP
        EXECUTE format('ALTER TABLE %s ALTER COLUMN number SET DEFAULT nextval(''ledger.receipts_number_seq'')', partition);
    END LOOP;
END
$body$;
CREATE INDEX IF NOT EXISTS receipts_number ON ledger.receipts (number);

CREATE TABLE IF NOT EXISTS ledger.relay_positions (
    name text PRIMARY KEY,
    position bigint NOT NULL,
    topic_id uuid NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE ledger.relay_positions IS 'How far each stream that goes out to Kafka was published, and to which topic.';

CREATE TABLE IF NOT EXISTS ledger.kafka_gaps (
    topic_id uuid NOT NULL,
    partition integer NOT NULL,
    topic text NOT NULL,
    kept bigint NOT NULL,
    first bigint NOT NULL,
    was_topic_id uuid NOT NULL,
    noticed_at timestamptz NOT NULL,
    PRIMARY KEY (topic_id, partition)
);
COMMENT ON TABLE ledger.kafka_gaps IS 'Partitions that are not read on: their records from `kept` (of topic `was_topic_id`) to `first` are gone, and nobody accepted that yet.';

GRANT USAGE ON SEQUENCE ledger.receipts_number_seq TO rugzak_service;
GRANT SELECT, INSERT, UPDATE ON ledger.relay_positions TO rugzak_service;
GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.kafka_gaps TO rugzak_service;
