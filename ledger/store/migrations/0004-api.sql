-- What the HTTP API keeps. Every statement can be repeated.

-- One-time codes with which a holder lets a provider take some of a right. Only the hash of a code is
-- here: of 128 random bits or more nobody finds it back.
CREATE TABLE IF NOT EXISTS ledger.authorizations (
    id uuid PRIMARY KEY,
    code_hash bytea NOT NULL UNIQUE,
    account uuid NOT NULL,
    provider text NOT NULL,
    course text NOT NULL,
    scheme text NOT NULL,
    bucket text NOT NULL,
    quantity bigint NOT NULL,
    unit text NOT NULL,
    made_by text NOT NULL,
    made_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    redeemed_digest bytea,
    redeemed_at timestamptz
);
CREATE INDEX IF NOT EXISTS authorizations_account ON ledger.authorizations (account, expires_at);
COMMENT ON COLUMN ledger.authorizations.redeemed_digest IS 'Of the request that redeemed it: the same request may come again, and no other one.';

-- How often a client handed in a code in vain, in its last minute; over all workers.
CREATE TABLE IF NOT EXISTS ledger.code_attempts (
    client text COLLATE "C" PRIMARY KEY,
    minute timestamptz NOT NULL,
    failed integer NOT NULL
) WITH (fillfactor = 75);

GRANT SELECT, INSERT, UPDATE, DELETE ON ledger.authorizations TO rugzak_service;
GRANT SELECT, INSERT, UPDATE ON ledger.code_attempts TO rugzak_service;
