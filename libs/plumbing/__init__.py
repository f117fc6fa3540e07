"""How services run: settings, Kafka, worker, web, security, logs, embedded servers. Knows no case."""
