-- A command that names an account which was merged into another is decided there: its receipt says
-- in which. Every statement can be repeated.

ALTER TABLE ledger.receipts ADD COLUMN IF NOT EXISTS decided_in uuid;
COMMENT ON COLUMN ledger.receipts.decided_in IS
    'Of which account version and position are, when the one that was named was merged; null: its own.';
