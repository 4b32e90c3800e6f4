CREATE TABLE projections.balances{g} (
    account uuid NOT NULL,
    lot text COLLATE "C" NOT NULL,
    scheme text NOT NULL,
    unit text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    funder text NOT NULL,
    granted bigint NOT NULL,
    withdrawn bigint NOT NULL,
    transferred_in bigint NOT NULL,
    transferred_out bigint NOT NULL,
    reserved bigint NOT NULL,
    used bigint NOT NULL,
    expired bigint NOT NULL,
    shortfall bigint NOT NULL,
    rule text NOT NULL,
    position bigint NOT NULL,
    told text NOT NULL,
    PRIMARY KEY (account, lot)
) WITH (fillfactor = 80);

-- A restriction or a freeze may come before the scheme's first lot; scheme '' stands for all.
CREATE TABLE projections.balances_standings{g} (
    account uuid NOT NULL,
    scheme text COLLATE "C" NOT NULL,
    restricted text,
    restricted_since date,
    restricted_reason text,
    frozen boolean NOT NULL,
    frozen_since date,
    frozen_reason text,
    position bigint NOT NULL,
    PRIMARY KEY (account, scheme)
) WITH (fillfactor = 80);

-- Accounts that were merged: their lots stay, and count for nobody while `into_account` is there.
CREATE TABLE projections.balances_merged{g} (
    account uuid PRIMARY KEY,
    into_account uuid,
    position bigint NOT NULL
);
CREATE INDEX ON projections.balances_merged{g} (into_account) WHERE into_account IS NOT NULL;
