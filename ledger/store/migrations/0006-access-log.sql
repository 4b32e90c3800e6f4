-- Who looked at whose data, and who acted: rows are added and read, and nothing else. A schema of its
-- own, with one role that can only add and one that can only read. Every statement can be repeated.

CREATE SCHEMA IF NOT EXISTS access;

CREATE TABLE IF NOT EXISTS access.log (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at timestamptz NOT NULL DEFAULT clock_timestamp(),
    account uuid NOT NULL,
    client text NOT NULL,
    subject text NOT NULL,
    acting text NOT NULL CHECK (acting IN ('own', 'mandate', 'system', 'none')),
    purpose text,
    operation text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('answered', 'notFound', 'refused', 'failed')),
    trace uuid NOT NULL
);
CREATE INDEX IF NOT EXISTS log_of_account ON access.log (account, id);
COMMENT ON TABLE access.log IS 'Each access to a person''s data over the API; its owner alone could change it.';
COMMENT ON COLUMN access.log.account IS 'For whom; it may be one that nobody has, since attempts are here, too.';
COMMENT ON COLUMN access.log.acting IS 'What let the caller see the account; none when nothing did.';
COMMENT ON COLUMN access.log.purpose IS 'As the caller said; null when that was missing or wrong, and the request refused.';

DO $body$
DECLARE
    name text;
BEGIN
    FOREACH name IN ARRAY ARRAY['rugzak_access_writer', 'rugzak_access_reader'] LOOP
        BEGIN
            EXECUTE format('CREATE ROLE %I NOLOGIN', name);
        EXCEPTION WHEN duplicate_object OR unique_violation THEN
            NULL;  -- it is there, perhaps made by another database's migration at this moment
        END;
    END LOOP;
END
$body$;
REVOKE ALL ON SCHEMA access FROM PUBLIC;
REVOKE ALL ON access.log FROM PUBLIC, rugzak_service;
GRANT USAGE ON SCHEMA access TO rugzak_access_writer, rugzak_access_reader;
-- Not `id` and `at`: the order and the time are the database's.
GRANT INSERT (account, client, subject, acting, purpose, operation, outcome, trace) ON access.log TO rugzak_access_writer;
GRANT SELECT ON access.log TO rugzak_access_reader;
-- The service may become either, and has nothing of them before it does.
GRANT rugzak_access_writer, rugzak_access_reader TO rugzak_service WITH INHERIT FALSE, SET TRUE;
