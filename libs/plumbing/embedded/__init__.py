"""The embedded servers: a real MongoDB and a real Apache Kafka as child processes, without Docker or Java."""
