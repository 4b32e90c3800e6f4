"""Replays, proves, exports and simulates: what an auditor asks of the ledger."""
