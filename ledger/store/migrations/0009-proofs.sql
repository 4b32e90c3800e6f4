-- The keys by which leaves of the published tree hide what they commit to. A schema and a role of its own:
-- the role reads the log, adds keys, and changes nothing. Every statement can be repeated.

CREATE SCHEMA IF NOT EXISTS proofs;
REVOKE ALL ON SCHEMA proofs FROM PUBLIC;

CREATE TABLE IF NOT EXISTS proofs.keys (
    account uuid PRIMARY KEY,
    key bytea CHECK (octet_length(key) = 32),
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE proofs.keys IS 'A random key for each account: without it nobody can tell from a leaf what the account''s event was.';
COMMENT ON COLUMN proofs.keys.key IS 'Null once it was destroyed, with the payloads: what the leaves of the account commit to is then unknown for ever, and the tree stays whole.';

DO $body$
BEGIN
    CREATE ROLE rugzak_proofs NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- it is there, perhaps made by another database's migration at this moment
END
$body$;
GRANT USAGE ON SCHEMA ledger, proofs TO rugzak_proofs;
GRANT SELECT ON ledger.events TO rugzak_proofs;
GRANT SELECT ON proofs.keys TO rugzak_proofs;
GRANT INSERT (account, key) ON proofs.keys TO rugzak_proofs;
