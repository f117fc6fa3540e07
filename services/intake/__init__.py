"""Intake: takes reports in, from people over HTTP and from other systems over Kafka, and opens a case for each."""
