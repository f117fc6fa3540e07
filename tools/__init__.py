"""What maintains the repository itself: generated pages and samples. Nothing that runs imports it."""
