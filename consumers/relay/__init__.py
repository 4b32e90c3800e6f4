"""Kafka, out: what the ledger holds is told to others, in order and at least once."""
