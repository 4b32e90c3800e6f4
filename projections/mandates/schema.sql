-- `actions` and `schemes` are words with a space between them; no scheme stands for all.
CREATE TABLE projections.mandates{g} (
    account uuid NOT NULL,
    mandate text COLLATE "C" NOT NULL,
    helper uuid,
    organisation text NOT NULL,
    actions text NOT NULL,
    schemes text NOT NULL,
    since date NOT NULL,
    until date NOT NULL,
    given_by text NOT NULL,
    given_on date NOT NULL,
    ended_by text,
    ended_on date,
    reason text,
    position bigint NOT NULL,
    PRIMARY KEY (account, mandate)
);
CREATE INDEX ON projections.mandates{g} (helper, account) WHERE helper IS NOT NULL;
CREATE INDEX ON projections.mandates{g} (organisation, account) WHERE organisation <> '';
