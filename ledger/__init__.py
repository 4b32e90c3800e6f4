"""The ledger: what is allowed, what is due, what became true, and the proof of it."""
