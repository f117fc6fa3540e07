"""What was measured, and how. `banjie bench` runs all of it on an installation of its own."""
