"""Audits of a whole ledger, on its database: replay, and verification."""
