-- The ledger: events, what is kept beside them in the same transaction, and who may do what.
-- Every statement can be repeated: the runner marks a file only after its commit.

CREATE TABLE IF NOT EXISTS ledger.events (
    originator_id uuid NOT NULL,
    originator_version bigint NOT NULL,
    notification_id bigserial NOT NULL,
    topic text NOT NULL,
    state bytea NOT NULL,
    PRIMARY KEY (originator_id, originator_version)
);
CREATE UNIQUE INDEX IF NOT EXISTS events_notification_id_idx ON ledger.events (notification_id);
-- Payloads are compressed already; compressing them again costs time and gains nothing.
ALTER TABLE ledger.events ALTER COLUMN state SET STORAGE EXTERNAL;
COMMENT ON TABLE ledger.events IS
    'The one global order: an account''s event (originator), its stored name (topic), its compressed JSON (state).';

CREATE TABLE IF NOT EXISTS ledger.tracking (
    application_name text PRIMARY KEY,
    notification_id bigint
);
COMMENT ON TABLE ledger.tracking IS 'Positions of the eventsourcing library''s own process recorders.';
-- The library takes this row for: one row per application.
INSERT INTO ledger.tracking VALUES ('__migration__', 1) ON CONFLICT DO NOTHING;

CREATE TABLE IF NOT EXISTS ledger.accounts (
    account uuid PRIMARY KEY,
    version bigint NOT NULL,
    state bytea NOT NULL,
    due_on date
) WITH (fillfactor = 75);
CREATE INDEX IF NOT EXISTS accounts_due ON ledger.accounts (due_on, account) WHERE due_on IS NOT NULL;
ALTER TABLE ledger.accounts ALTER COLUMN state SET STORAGE EXTERNAL;
COMMENT ON TABLE ledger.accounts IS 'State after the last event: a cache that the fold can make anew.';

CREATE TABLE IF NOT EXISTS ledger.receipts (
    command text COLLATE "C" NOT NULL,
    month date NOT NULL,
    account uuid NOT NULL,
    digest bytea NOT NULL,
    recorded_at timestamptz NOT NULL,
    position bigint,
    version bigint,
    events integer,
    reason text,
    detail text,
    PRIMARY KEY (command, month)
) PARTITION BY RANGE (month);
COMMENT ON TABLE ledger.receipts IS 'Proof that a command ran; reason is set when it was refused.';
-- Takes what no month's partition takes, so that late housekeeping never stops the line.
CREATE TABLE IF NOT EXISTS ledger.receipts_other PARTITION OF ledger.receipts DEFAULT;

CREATE TABLE IF NOT EXISTS ledger.kafka_positions (
    topic_id uuid NOT NULL,
    partition integer NOT NULL,
    position bigint NOT NULL,
    topic text NOT NULL,
    updated_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (topic_id, partition)
);

CREATE TABLE IF NOT EXISTS ledger.parked (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    topic_id uuid NOT NULL,
    topic text NOT NULL,
    partition integer NOT NULL,
    "offset" bigint NOT NULL,
    key bytea,
    value bytea,
    header_names bytea[] NOT NULL,
    header_values bytea[] NOT NULL,
    reason text NOT NULL,
    detail text NOT NULL,
    parked_at timestamptz NOT NULL,
    replayed_at timestamptz,
    UNIQUE (topic_id, partition, "offset")
);

-- Makes the receipts' partitions of this month and the next `ahead`, and drops those in which
-- every receipt is older than `kept_days`. Runs as its owner: the service may call it and has
-- no other way to drop anything.
CREATE OR REPLACE FUNCTION ledger.keep_receipts(today date, kept_days integer, ahead integer)
RETURNS TABLE (made text[], dropped text[])
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $body$
DECLARE
    first date;
    oldest date := date_trunc('month', today - kept_days)::date;
    name text;
BEGIN
    IF kept_days < 1 OR ahead NOT BETWEEN 0 AND 24 THEN
        RAISE 'kept_days is at least 1 and ahead 0 to 24, not % and %', kept_days, ahead
            USING ERRCODE = 'invalid_parameter_value';
    END IF;
    PERFORM pg_advisory_xact_lock(hashtext('ledger.keep_receipts'));
    -- All at once and in the order of who inserts, the table before its partitions: no deadlock, and
    -- no receipt lands in the default partition in between.
    LOCK TABLE ledger.receipts IN ACCESS EXCLUSIVE MODE;
    made := '{}';
    dropped := '{}';
    FOR i IN 0..ahead LOOP
        first := (date_trunc('month', today) + make_interval(months => i))::date;
        name := 'receipts_' || to_char(first, 'YYYY_MM');
        CONTINUE WHEN to_regclass('ledger.' || name) IS NOT NULL;
        EXECUTE format('CREATE TABLE ledger.%I (LIKE ledger.receipts INCLUDING ALL)', name);
        EXECUTE format('WITH moved AS (DELETE FROM ledger.receipts_other WHERE month = %L RETURNING *) INSERT INTO ledger.%I SELECT * FROM moved', first, name);
        EXECUTE format('ALTER TABLE ledger.receipts ATTACH PARTITION ledger.%I FOR VALUES FROM (%L) TO (%L)', name, first, (first + interval '1 month')::date);
        made := made || name;
    END LOOP;
    FOR name IN
        SELECT c.relname FROM pg_inherits h JOIN pg_class c ON c.oid = h.inhrelid
        WHERE h.inhparent = 'ledger.receipts'::regclass AND c.relname ~ '^receipts_[0-9]{4}_[0-9]{2}$'
            AND to_date(right(c.relname, 7), 'YYYY_MM') < oldest
        ORDER BY c.relname
    LOOP
        EXECUTE format('DROP TABLE ledger.%I', name);
        dropped := dropped || name;
    END LOOP;
    DELETE FROM ledger.receipts_other WHERE month < oldest;
    RETURN NEXT;
END
$body$;
REVOKE ALL ON FUNCTION ledger.keep_receipts FROM PUBLIC;

DO $body$
BEGIN
    CREATE ROLE rugzak_service NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- it is there, perhaps made by another database's migration at this moment
END
$body$;
GRANT USAGE ON SCHEMA ledger TO rugzak_service;
-- MAINTAIN is for the lock that keeps the global order; there is no UPDATE, DELETE or TRUNCATE, and
-- only the sequence gives positions.
GRANT SELECT, MAINTAIN ON ledger.events TO rugzak_service;
GRANT INSERT (originator_id, originator_version, topic, state) ON ledger.events TO rugzak_service;
GRANT USAGE ON SEQUENCE ledger.events_notification_id_seq TO rugzak_service;
GRANT SELECT, INSERT ON ledger.receipts TO rugzak_service;
GRANT SELECT, INSERT, UPDATE ON ledger.accounts, ledger.kafka_positions, ledger.parked, ledger.tracking TO rugzak_service;
GRANT SELECT ON ledger.migrations TO rugzak_service;
GRANT EXECUTE ON FUNCTION ledger.keep_receipts TO rugzak_service;
