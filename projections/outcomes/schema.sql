CREATE TABLE projections.outcomes{g} (
    command text COLLATE "C" NOT NULL,
    account uuid NOT NULL,
    outcome text NOT NULL,
    reason text,
    detail text,
    first_position bigint NOT NULL,
    last_position bigint NOT NULL,
    events integer NOT NULL,
    recorded_at timestamptz NOT NULL,
    PRIMARY KEY (command)
);
-- For the erasure of an account; without it, one in older tables reads all of them.
CREATE INDEX ON projections.outcomes{g} (account);
