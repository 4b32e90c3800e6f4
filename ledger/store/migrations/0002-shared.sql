-- What all accounts together take of shared limits. Every statement can be repeated.

CREATE TABLE IF NOT EXISTS ledger.shared (
    key text COLLATE "C" PRIMARY KEY,
    taken bigint NOT NULL
);
COMMENT ON TABLE ledger.shared IS 'How much is taken of each budget, cap or number of places: a cache that the fold can make anew.';
GRANT SELECT, INSERT, UPDATE ON ledger.shared TO rugzak_service;
