CREATE TABLE projections.timeline{g} (
    account uuid NOT NULL,
    position bigint NOT NULL,
    recorded_at timestamptz NOT NULL,
    effective_on date,
    kind text NOT NULL,
    scheme text,
    lot text,
    quantity bigint,
    unit text,
    actor text NOT NULL,
    command text NOT NULL,
    details json NOT NULL,
    PRIMARY KEY (account, position)
);

-- The scheme and unit of each lot, which most events do not repeat.
CREATE TABLE projections.timeline_lots{g} (
    account uuid NOT NULL,
    lot text COLLATE "C" NOT NULL,
    scheme text NOT NULL,
    unit text NOT NULL,
    PRIMARY KEY (account, lot)
);
