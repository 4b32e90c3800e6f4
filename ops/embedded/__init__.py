"""PostgreSQL and a Kafka-compatible broker as child processes, for a laptop and for tests."""
