"""The books of a ledger, on its database: journal, exports, samples, reports."""
