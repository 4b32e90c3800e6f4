"""What the ledger knows, in words: one catalogue a language, and what is said with it."""
