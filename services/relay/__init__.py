"""Carries the news of the case log to Kafka: at least once, never lost, in order per case."""
