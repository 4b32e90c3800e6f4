-- The identity vault: who is behind an account, encrypted. A schema and a role of its own: neither the
-- service nor the read models may look in here, and the vault's role can't look into the ledger.
-- Every statement can be repeated.

CREATE SCHEMA IF NOT EXISTS vault;
REVOKE ALL ON SCHEMA vault FROM PUBLIC;

CREATE TABLE IF NOT EXISTS vault.keys (
    id text COLLATE "C" PRIMARY KEY,
    proof bytea NOT NULL,
    since timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE vault.keys IS 'By which keys this vault is closed: no key, but a proof by which another one of that name is noticed.';

CREATE TABLE IF NOT EXISTS vault.people (
    account uuid PRIMARY KEY,
    master text COLLATE "C" NOT NULL REFERENCES vault.keys (id),
    data_key bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now()
);
CREATE INDEX IF NOT EXISTS people_master ON vault.people (master, account);
COMMENT ON COLUMN vault.people.data_key IS 'The person''s own key, wrapped (AES-256-GCM) under the master key that `master` names. Without it nothing of the person can be read.';

CREATE TABLE IF NOT EXISTS vault.numbers (
    lookup bytea PRIMARY KEY CHECK (octet_length(lookup) = 32),
    account uuid NOT NULL REFERENCES vault.people (account) ON DELETE CASCADE,
    number bytea NOT NULL,
    created_at timestamptz NOT NULL DEFAULT now(),
    linked_by text,
    because text
);
CREATE INDEX IF NOT EXISTS numbers_account ON vault.numbers (account);
COMMENT ON TABLE vault.numbers IS 'A person''s national numbers: found by `lookup` (HMAC-SHA-256), kept encrypted (AES-256-GCM) under the person''s own key.';
COMMENT ON COLUMN vault.numbers.linked_by IS 'The operator who gave the account this further number, and `because` of what; null of the first.';

CREATE TABLE IF NOT EXISTS vault.erased (
    mark bytea PRIMARY KEY,
    account uuid NOT NULL,
    erased_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE vault.erased IS 'Who was erased: `mark` is the account, or the keyed hash of a number that led to it. What still comes about them leads to the closed account and is not kept.';

DO $body$
BEGIN
    CREATE ROLE rugzak_vault NOLOGIN;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL;  -- it is there, perhaps made by another database's migration at this moment
END
$body$;
GRANT USAGE ON SCHEMA vault TO rugzak_vault;
GRANT SELECT, INSERT ON vault.keys, vault.numbers, vault.erased TO rugzak_vault;
GRANT SELECT, INSERT, DELETE ON vault.people TO rugzak_vault;
GRANT UPDATE (master, data_key) ON vault.people TO rugzak_vault;
