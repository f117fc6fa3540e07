"""What stands in the way of the embedded servers, said in one line."""


class EmbeddedError(Exception):
    """One clear line for a person: what is wrong and what to do. Never holds a secret."""
