"""Tamper evidence, wired: the published trees, and those who witness them."""
