"""What happened to a person's rights, event by event."""
