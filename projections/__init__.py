"""Turns events into rows that answer questions; every row can be made anew from the log."""
