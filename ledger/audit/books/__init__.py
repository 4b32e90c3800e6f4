"""The books: every movement of every lot between two named accounts, from the events alone."""
