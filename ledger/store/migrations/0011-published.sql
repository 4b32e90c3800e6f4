-- The newest checkpoint of each published tree, beside what it is of: so that a folder that is gone, or was put back
-- as it was before, is missed. Every statement can be repeated.

CREATE TABLE IF NOT EXISTS proofs.published (
    origin text PRIMARY KEY,
    note bytea NOT NULL,
    at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE proofs.published IS 'The newest signed checkpoint of each tree that was published, by the name of its log.';
GRANT SELECT ON proofs.published TO rugzak_proofs;
GRANT INSERT (origin, note), UPDATE (note, at) ON proofs.published TO rugzak_proofs;
