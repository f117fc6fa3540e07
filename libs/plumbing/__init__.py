"""How services run: settings, logs, web, Kafka, MongoDB, the worker. Knows no case."""
