"""Fixtures that every folder of tests may ask for."""

pytest_plugins = [
    "tests.support.embedded",
    "tests.support.installation",
    "tests.support.refused",
    "tests.support.sharing",
    "tests.support.solved",
]
