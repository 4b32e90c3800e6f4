"""What became of each command that left events."""
