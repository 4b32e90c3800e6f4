-- Under which mandates somebody acted for another, and authorized a provider. Every statement can be repeated.

ALTER TABLE access.log ADD COLUMN IF NOT EXISTS mandate text;
COMMENT ON COLUMN access.log.mandate IS 'The holder''s identifiers of the mandates that let the caller, with a space between them.';
GRANT INSERT (mandate) ON access.log TO rugzak_access_writer;

ALTER TABLE ledger.authorizations ADD COLUMN IF NOT EXISTS mandate text NOT NULL DEFAULT '';
COMMENT ON COLUMN ledger.authorizations.mandate IS 'By which a helper made it: it has to be in force when the code is redeemed; empty when the holder did.';
