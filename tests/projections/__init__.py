"""Events in, rows out; then the same on a real PostgreSQL."""
