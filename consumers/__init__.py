"""Kafka: messages in, whole and once; what can't be handled is kept."""
