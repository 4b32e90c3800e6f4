"""The pure domain: no I/O, clock, randomness or third-party import."""
