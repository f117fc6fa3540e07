"""The `banjie` command: thin, one file a group of commands. Its embedded start is the one place that knows all services."""
