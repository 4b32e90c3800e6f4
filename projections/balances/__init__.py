"""What a person has, lot by lot, and what stops its use."""
