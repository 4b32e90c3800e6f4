"""Notifications of others become career facts: a pure function for each kind."""
