-- A tree is published of the receipts, too: its role reads them. Every statement can be repeated.

GRANT SELECT ON ledger.receipts TO rugzak_proofs;
